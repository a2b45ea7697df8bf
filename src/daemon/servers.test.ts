import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../report/log.ts'
import { serve } from '../server/serve.ts'
import { openServers, type Parts } from './servers.ts'
import type { Snapshot } from './snapshot.ts'

const minuteMs = 60_000

let nowMs: number
let silentMs: number
let lookingMs: number
let good: Snapshot | undefined
let rings: number
let stopping: AbortController
let lines: { readonly msg: string; readonly url?: string; readonly times?: number }[]
let opened: Awaited<ReturnType<typeof openServers>> | undefined

beforeEach(() => {
  ;[nowMs, silentMs, lookingMs, rings] = [0, 0, 0, 0]
  ;[good, stopping, lines, opened] = [{ commit: 'a' } as Snapshot, new AbortController(), [], undefined]
})
afterEach(() => opened?.close())

const parts: Parts = {
  estates: { mostSilent: () => ({ organization: 'acme', ms: silentMs }) },
  loop: {
    inForce: () => (good ? { good } : {}),
    lookingMs: () => lookingMs,
    ring: () => void (rings += 1),
  },
}

async function start(hooksPort = 0): Promise<void> {
  const clock = { now: () => nowMs, sleep: async () => {} }
  const write = (line: string): void => void lines.push(JSON.parse(line) as (typeof lines)[number])
  const log = createLog({ write, level: 'info', format: 'json', clock })
  const metrics = { contentType: 'text/plain', render: async () => 'roster_build_info 1' }
  const hooks = { host: '127.0.0.1', port: hooksPort, secrets: async () => ['sesame'] }
  const ports = { clock, log, metrics, signal: stopping.signal }
  opened = await openServers({ listen: { host: '127.0.0.1', port: 0 }, hooks }, parts, ports)
}

const urlOf = (message: string): string => lines.find(({ msg }) => msg === message)!.url!

async function get(path: string): Promise<string> {
  const response = await fetch(`${urlOf('probes and metrics')}${path}`)
  return `${response.status} ${await response.text()}`
}

const call = async (token: string): Promise<number> => {
  const headers = { 'x-gitlab-token': token }
  return (await fetch(`${urlOf('webhooks')}/hooks/gitlab`, { method: 'POST', headers })).status
}

interface Probe {
  readonly path: '/healthz' | '/readyz'
  readonly arrange: () => void
  readonly answer: RegExp
}

const probes: Readonly<Record<string, Probe>> = {
  'alive while all is well': { path: '/healthz', arrange: () => {}, answer: /^200 ok$/ },
  'alive without a declaration': { path: '/healthz', arrange: () => void (good = undefined), answer: /^200 ok$/ },
  'alive while a pass waits for half an hour': {
    path: '/healthz',
    arrange: () => void (silentMs = 30 * minuteMs),
    answer: /^200 ok$/,
  },
  'not alive where a pass hangs': {
    path: '/healthz',
    arrange: () => void (silentMs = 46 * minuteMs),
    answer: /^500 \[-\]passes failed: the pass over acme has shown no sign of life for 46 minutes\n\[\+\]source ok\n/,
  },
  'not alive where a look at the source hangs': {
    path: '/healthz',
    arrange: () => void (lookingMs = 45 * minuteMs),
    answer: /^500 \[\+\]passes ok\n\[-\]source failed: a look at it has not ended for 45 minutes\n/,
  },
  'ready with a declaration': { path: '/readyz', arrange: () => {}, answer: /^200 ok$/ },
  'not ready without one': {
    path: '/readyz',
    arrange: () => void (good = undefined),
    answer: /^500 \[-\]declaration failed: no declaration/,
  },
  'not ready once it is asked to stop': {
    path: '/readyz',
    arrange: () => stopping.abort(),
    answer: /^500 \[\+\]declaration ok\n\[-\]shutdown failed: stopping\n/,
  },
}

describe('the daemon is', () => {
  for (const [sentence, { path, arrange, answer }] of Object.entries(probes))
    test(sentence, async () => {
      arrange()
      await start()
      expect(await get(path)).toMatch(answer)
    })
})

test('metrics are on the port of the probes, and webhooks are not', async () => {
  await start()
  expect(await get('/metrics')).toBe('200 roster_build_info 1')
  expect(await get('/hooks/gitlab')).toMatch(/^404 /)
})

test('a genuine call rings', async () => {
  await start()
  expect([await call('sesame'), rings]).toEqual([202, 1])
})

test('calls that are not genuine ring nobody, and one a minute is logged', async () => {
  await start()
  const told = () => lines.filter(({ msg }) => msg === 'a call of a webhook is not genuine').map(({ times }) => times)
  for (let left = 5; left > 0; left -= 1) await call('guessed')
  expect(told()).toEqual([1])
  nowMs = minuteMs
  await call('guessed')
  expect([told(), rings]).toEqual([[1, 5], 0])
})

test('where one port is taken, none stays open', async () => {
  const other = await serve({ host: '127.0.0.1', port: 0, routes: [], onError: () => {} })
  await expect(start(other.port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await expect(get('/healthz')).rejects.toThrow('fetch failed')
  await other.close()
})
