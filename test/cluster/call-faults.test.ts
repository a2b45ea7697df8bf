import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KubeClient } from '../../src/kubernetes/kube-client.ts'
import { KubeError } from '../../src/kubernetes/kube-error.ts'
import { configMapType } from '../../src/kubernetes/kube-object.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { startFaultProxy, type Fault, type FaultProxy } from './fault-proxy.builder.ts'
import { configMap, createRobot, openClient, type OpenClient } from './kube-client.builder.ts'
import { tellTime } from './witness.builder.ts'

type Call = (client: KubeClient, name: string) => Promise<unknown>

const fieldManager = 'roster-test'
const calls = {
  get: (client) => client.get(configMapType, { namespace: 'default', name: 'there' }),
  list: (client) => client.list(configMapType, { namespace: 'default' }),
  create: (client, name) => client.create(configMapType, configMap(name)),
  apply: (client, name) => client.apply(configMapType, configMap(name), { fieldManager }),
} satisfies Record<string, Call>

interface Case {
  readonly call: keyof typeof calls
  /** For the first `times` requests. */
  readonly fault: Fault
  readonly times: number
  /** HTTP status of each try, or `<error>`. */
  readonly tries: readonly string[]
  /** Status or code that is thrown; absent where it succeeds. */
  readonly thrown?: unknown
  /** Whether what is created or applied is there in the end. Default: no. */
  readonly there?: boolean
  readonly atLeastMs?: number
}

const answers = (status: number, retryAfter?: number): Fault => ({
  does: 'answer',
  status,
  ...(retryAfter !== undefined && { headers: { 'retry-after': `${retryAfter}` } }),
})

const cases: Record<string, Case> = {
  'a creation turned away with 429 is made when the server has said to ask again': {
    call: 'create',
    fault: answers(429, 1),
    times: 2,
    tries: ['429', '429', '200'],
    there: true,
    atLeastMs: 2_000,
  },
  'a creation turned away with 503 and Retry-After is made': {
    call: 'create',
    fault: answers(503, 1),
    times: 1,
    tries: ['503', '200'],
    there: true,
    atLeastMs: 1_000,
  },
  'a creation answered with 503 alone may have happened, and is not made again': {
    call: 'create',
    fault: answers(503),
    times: 1,
    tries: ['503'],
    thrown: 503,
  },
  'a creation whose answer is lost is not made again': {
    call: 'create',
    fault: { does: 'lose the answer' },
    times: 1,
    tries: ['<error>'],
    thrown: expect.any(String),
    there: true,
  },
  'an apply whose answer is lost is made again': {
    call: 'apply',
    fault: { does: 'lose the answer' },
    times: 1,
    tries: ['<error>', '200'],
    there: true,
  },
  'an apply answered with 500 is made again': {
    call: 'apply',
    fault: answers(500),
    times: 2,
    tries: ['500', '500', '200'],
    there: true,
  },
  'a read that is reset is made again': {
    call: 'get',
    fault: { does: 'reset' },
    times: 3,
    tries: ['<error>', '<error>', '<error>', '200'],
  },
  'a read that is reset each time ends after five tries': {
    call: 'list',
    fault: { does: 'reset' },
    times: 9,
    tries: Array<string>(5).fill('<error>'),
    thrown: expect.any(String),
  },
  'a read that is put off for longer than a minute is the caller’s to put off': {
    call: 'get',
    fault: answers(429, 61),
    times: 1,
    tries: ['429'],
    thrown: 429,
  },
  'a read that is forbidden is not made again': {
    call: 'get',
    fault: answers(403),
    times: 1,
    tries: ['403'],
    thrown: 403,
  },
  'a read answered by a page of something else is made again': {
    call: 'get',
    fault: { does: 'answer', status: 200, body: '<html>' },
    times: 1,
    tries: ['<error>', '200'],
  },
  'a list answered by JSON of something else is made again': {
    call: 'list',
    fault: { does: 'answer', status: 200, body: '{}' },
    times: 1,
    tries: ['<error>', '200'],
  },
}

describeInCluster('a call', () => {
  let plane: ControlPlane
  let proxy: FaultProxy
  let open: OpenClient
  beforeAll(async () => {
    plane = await startControlPlane()
    proxy = await startFaultProxy(plane.url, plane.authority)
    open = openClient(plane.tokenKubeconfig(await createRobot(plane, 'robot'), proxy.url))
    await open.client.create(configMapType, configMap('there'))
  })
  afterAll(async () => {
    await open.access.close()
    await proxy.close()
    await plane.close()
  })

  const isThere = async (name: string) =>
    (await plane.call('GET', `/api/v1/namespaces/default/configmaps/${name}`)).status === 200
  const outcome = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => (error instanceof KubeError ? (error.status ?? error.failure.code) : error),
    )

  test.each(Object.entries(cases).map(([title, each], index) => ({ title, name: `c${index}`, ...each })))(
    '$title',
    async ({ name, call, fault, times, tries, thrown, there = false, atLeastMs = 0 }) => {
      let left = times
      open.tries.length = 0
      proxy.fault(() => ((left -= 1) >= 0 ? fault : undefined))
      const startMs = performance.now()
      expect(await outcome(calls[call](open.client, name))).toEqual(thrown)
      proxy.fault()
      expect(open.tries).toEqual(tries)
      expect(performance.now() - startMs).toBeGreaterThanOrEqual(atLeastMs)
      expect(await isThere(name)).toBe(there)
    },
  )

  test('connections that are half open cost a call its deadline, and the next try has a new one', async () => {
    const reads = (count: number, timeoutMs: number) =>
      Promise.all(
        Array.from({ length: count }, () =>
          open.client.get(configMapType, { namespace: 'default', name: 'there' }, { timeoutMs }),
        ),
      )
    // opens as many as there may be
    await reads(20, 10_000)
    const connections = open.access.connections()
    proxy.silence()
    open.tries.length = 0
    const startMs = performance.now()
    await reads(connections, 1_000)
    tellTime('reads over connections that are half open are answered after', performance.now() - startMs)
    const expected = [...Array<string>(connections).fill('200'), ...Array<string>(connections).fill('<error>')]
    expect(open.tries.toSorted()).toEqual(expected)
  })

  test('a server that hangs costs each try its deadline, and a creation is tried once', async () => {
    proxy.freeze()
    open.tries.length = 0
    const created = outcome(open.client.create(configMapType, configMap('hung'), { timeoutMs: 1_000 }))
    const read = outcome(
      open.client.get(configMapType, { namespace: 'default', name: 'there' }, { timeoutMs: 500, tries: 3 }),
    )
    expect([await created, await read]).toEqual(['DEADLINE', 'DEADLINE'])
    expect(open.tries).toEqual(Array(4).fill('<error>'))
    proxy.thaw()
    expect(await outcome(open.client.list(configMapType, { namespace: 'default' }))).toBe(undefined)
  })

  test('a call that its caller ends is ended at once, with the caller’s reason', async () => {
    proxy.freeze()
    const stop = new AbortController()
    const reason = new Error('the program ends')
    const call = open.client.list(configMapType, { signal: stop.signal }).catch((error: unknown) => error)
    stop.abort(reason)
    expect(await call).toBe(reason)
    proxy.thaw()
  })
})
