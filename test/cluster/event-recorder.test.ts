import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/core/ports.ts'
import { createEventRecorder } from '../../src/kubernetes/create-event-recorder.ts'
import type { EventFact } from '../../src/kubernetes/events.ts'
import { configMapType, type KubeObject } from '../../src/kubernetes/kube-object.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { configMap, half, openClient, type OpenClient } from './kube-client.builder.ts'
import { createSteppedClock } from './stepped-clock.builder.ts'

interface Listed {
  readonly metadata: { readonly name: string }
  readonly note: string
  readonly series?: { readonly count: number }
}

const minuteMs = 60_000
const startMs = Date.parse('2026-11-25T12:00:00Z')

describeInCluster('events', () => {
  let plane: ControlPlane
  let open: OpenClient
  const ended = new AbortController()
  beforeAll(async () => {
    plane = await startControlPlane()
    open = openClient(plane.kubeconfig)
  })
  afterAll(async () => {
    ended.abort()
    await open.access.close()
    await plane.close()
  })

  const lost: (readonly [note: string, status: unknown])[] = []
  const recorder = (clock: Clock) =>
    createEventRecorder({
      client: open.client,
      reportingController: 'roster.dev/controller',
      reportingInstance: 'pod-1',
      clock,
      random: half,
      onLost: ({ note }, error) => void lost.push([note, (error as { status?: number } | undefined)?.status]),
      signal: ended.signal,
    })
  const made = (name: string): Promise<KubeObject> => open.client.create(configMapType, configMap(name))
  const fact = (regarding: KubeObject, note: string): EventFact => ({
    regarding,
    type: 'Warning',
    reason: 'HeldByGuardrail',
    action: 'Apply',
    note,
  })
  const eventsOf = async (name: string): Promise<readonly Listed[]> => {
    const path = `/apis/events.k8s.io/v1/namespaces/default/events?fieldSelector=regarding.name=${name}`
    const { body } = await plane.call('GET', path)
    return body['items'] as readonly Listed[]
  }
  const countsOf = async (name: string) => (await eventsOf(name)).map(({ note, series }) => [note, series?.count ?? 1])

  test('an event names its object, its reason and what was tried, and kubectl shows it with the object', async () => {
    const events = recorder(systemClock)
    events.record(fact(await made('shown'), '31 removals are held'))
    await events.flush()
    expect(await eventsOf('shown')).toMatchObject([
      {
        type: 'Warning',
        reason: 'HeldByGuardrail',
        action: 'Apply',
        note: '31 removals are held',
        reportingController: 'roster.dev/controller',
        reportingInstance: 'pod-1',
        regarding: { kind: 'ConfigMap', namespace: 'default', name: 'shown', uid: expect.any(String) },
      },
    ])
    const { stdout } = await plane.kubectl(['events', '--for', 'configmap/shown'])
    expect(stdout).toMatch(/Warning +HeldByGuardrail +ConfigMap\/shown +31 removals are held/)
  })

  test('the same event again counts up one series, and another note is another event', async () => {
    const events = recorder(systemClock)
    const object = await made('repeated')
    for (const note of ['a', 'a', 'b', 'a', 'a']) events.record(fact(object, note))
    await events.flush()
    expect(await countsOf('repeated')).toEqual([
      ['a', 4],
      ['b', 1],
    ])
  })

  test('a repetition is written when it first happens, when half an hour is over, and when silence ends the series', async () => {
    const clock = createSteppedClock(startMs)
    const events = recorder(clock)
    const object = await made('series')
    const counted = () => expect.poll(() => countsOf('series'))
    events.record(fact(object, 'a'))
    await events.flush()
    events.record(fact(object, 'a'))
    await counted().toEqual([['a', 2]])
    for (let minutes = 0; minutes < 29; minutes += 1) {
      clock.pass(minuteMs)
      events.record(fact(object, 'a'))
    }
    expect(await countsOf('series')).toEqual([['a', 2]])
    clock.pass(minuteMs)
    await counted().toEqual([['a', 31]])
    events.record(fact(object, 'a'))
    clock.pass(6 * minuteMs)
    await counted().toEqual([['a', 32]])
    events.record(fact(object, 'a'))
    await counted().toEqual([
      ['a', 32],
      ['a', 1],
    ])
  })

  test('an object has 25 events at once, then one in five minutes, and the rest is told as lost', async () => {
    const clock = createSteppedClock(startMs)
    const events = recorder(clock)
    const object = await made('noisy')
    lost.length = 0
    for (let index = 0; index < 30; index += 1) events.record(fact(object, `${index}`))
    await events.flush()
    expect(lost.map(([note]) => note)).toEqual(['25', '26', '27', '28', '29'])
    clock.pass(5 * minuteMs)
    events.record(fact(object, 'later'))
    events.record(fact(object, 'too soon'))
    await events.flush()
    expect((await eventsOf('noisy')).map(({ note }) => note).filter((note) => !/^\d+$/.test(note))).toEqual(['later'])
    expect(await eventsOf('noisy')).toHaveLength(26)
  })

  test('a long note is cut at 1,024 bytes, and not within a character', async () => {
    const events = recorder(systemClock)
    events.record(fact(await made('long'), 'ü'.repeat(600)))
    await events.flush()
    expect((await eventsOf('long')).map(({ note }) => note)).toEqual([`${'ü'.repeat(510)}…`])
  })

  test('a series goes on as a new event where the old one is gone by its age', async () => {
    const events = recorder(systemClock)
    const object = await made('aged')
    events.record(fact(object, 'a'))
    await events.flush()
    await plane.kubectl(['delete', 'events.events.k8s.io', '--field-selector', 'regarding.name=aged'])
    expect(await countsOf('aged')).toEqual([])
    events.record(fact(object, 'a'))
    await events.flush()
    expect(await countsOf('aged')).toEqual([['a', 2]])
  })

  test('what happens while the API server is down is written when it is back, once', async () => {
    const events = recorder(systemClock)
    const object = await made('outage')
    await plane.kill()
    events.record(fact(object, 'a'))
    events.record(fact(object, 'a'))
    events.record(fact(object, 'b'))
    await plane.start()
    await events.flush()
    expect(await countsOf('outage')).toEqual([
      ['a', 2],
      ['b', 1],
    ])
  })

  test('what the server refuses is told as lost with its status, and the next one is written', async () => {
    const events = recorder(systemClock)
    lost.length = 0
    const object = await made('refused')
    const elsewhere = { ...object, metadata: { ...object.metadata, namespace: 'nowhere' } }
    events.record(fact(elsewhere, 'into no namespace'))
    events.record(fact(object, 'well'))
    await events.flush()
    expect(lost).toEqual([['into no namespace', 404]])
    expect(await countsOf('refused')).toEqual([['well', 1]])
  })
})
