import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMetrics } from '../src/report/metrics.ts'
import { crew, openStage, organization, type Stage } from './daemon.builder.ts'

vi.setConfig({ testTimeout: 120_000 })

const page = (name: string): string => readFileSync(join(import.meta.dirname, '../docs', name), 'utf8')

/** What stands in backticks in the first column of its tables. */
const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  )

test('docs/metrics.md names each series that there is, and no other', async () => {
  const metrics = createMetrics({ clock: { now: () => 0, sleep: async () => {} }, version: '0', process: false })
  const series = [...(await metrics.render()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!)
  const named = namesIn(page('metrics.md'))
  const isNamed = (name: string): boolean =>
    named.some((each) => each === name || (each.startsWith('_') && name.endsWith(each)))
  expect(series.filter((name) => !isNamed(name))).toEqual([])
  expect(named.filter((name) => !series.some((each) => each === name || each.endsWith(name)))).toEqual([])
})

let stage: Stage

beforeEach(async () => {
  stage = await openStage()
  stage.write({ 'access/organization.yaml': organization(), secret: 'sesame' })
})
afterEach(() => stage.close())

/** Lines of every sort: changes, what is held, mistakes, failures, webhooks. */
async function eventfulLife() {
  const hooks = ['--webhook-listen', '127.0.0.1:0', '--webhook-secret-file', 'secret']
  const only = crew('ops', ['ana'], { group: 'ops' }).replace('Additive', 'Authoritative')
  stage.write({ 'access/devs.yaml': crew('devs', ['p01']), 'access/ops.yaml': only })
  const daemon = stage.start('access', ...hooks, '--log-level', 'debug')
  await daemon.says('held back')
  stage.sandbox.faults.add({ match: { operation: 'addUserToGroup' }, effect: { kind: 'html-error', status: 403 } })
  stage.write({ 'access/devs.yaml': crew('devs', ['p01', 'p02', 'nobody']) })
  await daemon.says('not changed')
  const { url } = await daemon.says('webhooks')
  for (const token of ['guessed', 'sesame'])
    await fetch(`${String(url)}/hooks/gitlab`, { method: 'POST', headers: { 'x-gitlab-token': token } })
  await daemon.says('called by a webhook')
  stage.write({ 'access/devs.yaml': 'kind: [' })
  await daemon.says('the last good declaration stays in force')
  return daemon
}

test('docs/daemon.md names each key of the log, and no other', async () => {
  const daemon = await eventfulLife()
  await daemon.end()
  const used = new Set(daemon.lines.flatMap((line) => Object.keys(line)))
  const [, log = ''] = page('daemon.md').split('\n## Log\n')
  const named = new Set(namesIn(log.split('\n## ')[0]!))
  expect({ unnamed: [...used.difference(named)], unused: [...named.difference(used)] }).toEqual({
    unnamed: [],
    unused: [],
  })
  expect(daemon.stderr()).not.toContain('key-1')
  expect(daemon.stderr()).not.toContain('sesame')
})

test('on a terminal, and where it is asked for, lines are for people', async () => {
  const daemon = stage.start('access', '--log-format', 'text')
  await expect.poll(daemon.stderr, { timeout: 60_000 }).toMatch(/^[\d:]{8} info {2}pass {2}.* reason=sweep /m)
  expect(daemon.lines).toEqual([])
})
