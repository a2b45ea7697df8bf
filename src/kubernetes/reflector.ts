import type { Clock } from '../core/ports.ts'
import type { KubeClient, KubeList, WatchEvent } from './kube-client.ts'
import { KubeError, type KubeFailure } from './kube-error.ts'
import type { KubeObject, ResourceType } from './kube-object.ts'
import { createObjectStore, type ObjectChange, type ObjectStore } from './object-store.ts'
import { slept } from '../core/slept.ts'
import { createSafetyCheck, type SafetyCheck } from './safety-check.ts'

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient
  readonly type: ResourceType
  /** One namespace instead of all. */
  readonly namespace?: string
  readonly labelSelector?: string
  /** Called in order, after the store holds the change. Must not throw: that is a bug, and ends the reflector. */
  readonly onChange: (change: ObjectChange<T>) => void
  /** A list or a watch failed, and is tried again. */
  readonly onFault?: (error: unknown) => void
  /** Ends it. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
}

export interface Reflector<T extends KubeObject> {
  /** Live: the newest known state of every object, by key. */
  readonly store: ReadonlyMap<string, T>
  /** Whether the store has held everything once. */
  readonly synced: () => boolean
  /** Resolves then; rejects with the signal's reason where it is ended before. */
  readonly whenSynced: Promise<void>
  /** Since the server last said anything, bookmarks included (about one a minute). */
  readonly lastEventAgeMs: () => number
  readonly counts: () => ReflectorCounts
  /** Resolves when the signal has ended it, rejects on a bug. */
  readonly done: Promise<void>
}

export interface ReflectorCounts {
  readonly lists: number
  readonly watches: number
  readonly faults: number
  /** Changes that the watch did not tell, found by the safety list. Must stay 0. */
  readonly missed: number
}

/** Bookmarks come about once a minute (apiserver, `defaultBookmarkFrequency`): one and a half of that is silence. */
const inactivityMs = 90_000
const shortestWatchSeconds = 300
const longestWatchSeconds = 600
const firstDelayMs = 800
const longestDelayMs = 30_000
/** A refused connection costs nobody anything, and the server that comes back should not be missed for long. */
const longestUnansweredMs = 4_000
/** After this long without a fault the next one counts as the first. */
const healthyMs = 120_000
const safetyListMs = 6 * 3_600_000

interface Run<T extends KubeObject> {
  readonly options: ReflectorOptions<T>
  readonly store: ObjectStore<T>
  readonly safety: SafetyCheck
  readonly counts: { -readonly [Count in keyof ReflectorCounts]: number }
  /** Where the next watch goes on; undefined where the next thing to do is to list. */
  resourceVersion: string | undefined
  lastEventMs: number
  readonly synced: () => void
}

/** Keeps a copy of all objects of a type, as client-go's Reflector does: lists once, then watches, and lists again when it must. */
export function startReflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector<T> {
  const { clock, signal, onChange } = options
  const whenSynced = Promise.withResolvers<void>()
  let synced = false
  const store: ObjectStore<T> = createObjectStore((change) => {
    if (change.type === 'Deleted') run.safety.deleted(change.key)
    onChange(change)
  })
  const run: Run<T> = {
    options,
    store,
    safety: createSafetyCheck(store.objects),
    counts: { lists: 0, watches: 0, faults: 0, missed: 0 },
    resourceVersion: undefined,
    lastEventMs: clock.now(),
    synced: () => {
      synced = true
      whenSynced.resolve()
    },
  }
  // whoever does not ask for it is not to crash because of it
  whenSynced.promise.catch(() => undefined)
  const work = Promise.all([keepUp(run), checkNowAndThen(run)])
  const done = work.then(
    () => whenSynced.reject(signal.reason),
    (bug: unknown) => {
      whenSynced.reject(bug)
      throw bug
    },
  )
  return {
    store: store.objects,
    synced: () => synced,
    whenSynced: whenSynced.promise,
    lastEventAgeMs: () => clock.now() - run.lastEventMs,
    counts: () => ({ ...run.counts }),
    done,
  }
}

async function keepUp<T extends KubeObject>(run: Run<T>): Promise<void> {
  const { clock, signal, random } = run.options
  let failures = 0
  let wasAnswered = true
  while (!signal.aborted) {
    const startedMs = clock.now()
    const failure = await stepOrFail(run)
    if (clock.now() - startedMs >= healthyMs) failures = 0
    if (failure === undefined) continue
    const isAnswered = failure.status !== undefined
    // a server that is there again is not the one that was away
    failures = isAnswered && !wasAnswered ? 1 : failures + 1
    wasAnswered = isAnswered
    // what the watch could not go on from is listed at once, unless that goes round and round
    if (mustList(failure) && failures === 1) continue
    await slept(clock, delayMs(failure, failures, random), signal)
  }
}

async function stepOrFail<T extends KubeObject>(run: Run<T>): Promise<KubeFailure | undefined> {
  const { signal, onFault } = run.options
  try {
    await (run.resourceVersion === undefined ? listOnce(run) : watchOnce(run, run.resourceVersion))
    return undefined
  } catch (error) {
    if (signal.aborted) return undefined
    if (!(error instanceof KubeError)) throw error
    run.counts.faults += 1
    onFault?.(error)
    return error.failure
  }
}

function delayMs({ status, retryAfterMs = 0 }: KubeFailure, failures: number, random: () => number): number {
  const longestMs = status === undefined ? longestUnansweredMs : longestDelayMs
  const backoffMs = Math.min(longestMs, firstDelayMs * 2 ** (failures - 1))
  return Math.max(retryAfterMs, Math.round(backoffMs * (0.5 + random() / 2)))
}

async function listOnce<T extends KubeObject>(run: Run<T>): Promise<void> {
  const { clock } = run.options
  run.counts.lists += 1
  run.safety.forget()
  const { items, resourceVersion } = await listFor(run)
  run.lastEventMs = clock.now()
  run.store.replace(items)
  run.resourceVersion = resourceVersion
  run.synced()
}

function listFor<T extends KubeObject>({ options }: Run<T>): Promise<KubeList<T>> {
  const { client, type, namespace, labelSelector, signal } = options
  return client.list<T>(type, { ...selection(namespace, labelSelector), signal })
}

const selection = (namespace?: string, labelSelector?: string) => ({
  ...(namespace !== undefined && { namespace }),
  ...(labelSelector !== undefined && { labelSelector }),
})

async function watchOnce<T extends KubeObject>(run: Run<T>, resourceVersion: string): Promise<void> {
  const { type, clock } = run.options
  run.counts.watches += 1
  const startedMs = clock.now()
  const told = { events: 0 }
  try {
    await follow(run, resourceVersion, told)
  } catch (error) {
    const failure = error instanceof KubeError ? error.failure : undefined
    const lost = failure !== undefined && (mustList(failure) || (told.events === 0 && isUnresumable(failure)))
    if (lost) run.resourceVersion = undefined
    throw error
  }
  // a watch that ends at once would be asked for again without end
  const short = told.events === 0 && clock.now() - startedMs < 1_000
  if (short) throw new KubeError({ request: `watch ${type.plural}`, code: 'SHORT' })
}

async function follow<T extends KubeObject>(
  run: Run<T>,
  resourceVersion: string,
  told: { events: number },
): Promise<void> {
  const { client, type, namespace, labelSelector, signal, random, clock } = run.options
  const timeoutSeconds = Math.floor(shortestWatchSeconds + random() * (longestWatchSeconds - shortestWatchSeconds))
  const asked = { ...selection(namespace, labelSelector), resourceVersion, timeoutSeconds, inactivityMs, signal }
  for await (const event of client.watch<T>(type, asked)) {
    told.events += 1
    run.lastEventMs = clock.now()
    if (event.type !== 'BOOKMARK') run.store.take(event)
    run.resourceVersion = versionAfter(event) ?? run.resourceVersion
    if (audit(run, event.type === 'BOOKMARK')) return
  }
}

const versionAfter = <T extends KubeObject>(event: WatchEvent<T>): string | undefined =>
  event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion

/** True where the watch missed something, so that all is to be listed again. */
function audit<T extends KubeObject>(run: Run<T>, complete: boolean): boolean {
  const missed = run.safety.compare(run.resourceVersion ?? '', complete)
  run.counts.missed += missed
  if (missed > 0) run.resourceVersion = undefined
  return missed > 0
}

/** The server no longer has what came after (410), or never had it: its data is older than what was seen. */
const mustList = ({ status, reason, causes = [] }: KubeFailure): boolean =>
  status === 410 || reason === 'Expired' || reason === 'Gone' || causes.includes('ResourceVersionTooLarge')

/** Resumed exactly at what etcd has just compacted, the API server answers 500 where one revision later it says 410. */
const isUnresumable = ({ status }: KubeFailure): boolean => status === 500

async function checkNowAndThen<T extends KubeObject>(run: Run<T>): Promise<void> {
  const { clock, signal, random, onFault } = run.options
  while (await slept(clock, Math.round(safetyListMs * (0.9 + 0.2 * random())), signal)) {
    run.safety.begin()
    try {
      const { items, resourceVersion } = await listFor(run)
      run.safety.expect(items, resourceVersion)
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof KubeError)) throw error
      onFault?.(error)
    }
  }
}
