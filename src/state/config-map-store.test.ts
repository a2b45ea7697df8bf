import { expect, test } from 'vitest'
import { emptyState, StateMovedError, type State, type StateStore } from '../core/state.ts'
import { createConfigMapStore, type ConfigMaps } from './config-map-store.ts'
import { StateUnreadableError } from './state-document.ts'

/** As the API server keeps them; `cutAfter`: the writes that still succeed. */
function cluster() {
  const maps = new Map<string, { data: Readonly<Record<string, string>>; version: number }>()
  const world = { maps, writes: 0, cutAfter: Infinity }
  const configMaps: ConfigMaps = {
    read: async (name) => {
      const found = maps.get(name)
      return found && { data: found.data, resourceVersion: String(found.version) }
    },
    write: async (name, data, resourceVersion) => {
      world.writes += 1
      if (world.writes > world.cutAfter) throw new Error('the process died')
      const version = maps.get(name)?.version
      if (resourceVersion !== (version === undefined ? undefined : String(version))) throw new StateMovedError(name)
      maps.set(name, { data, version: (version ?? 0) + 1 })
      return String((version ?? 0) + 1)
    },
    remove: async (name) => void maps.delete(name),
  }
  return { ...world, world, configMaps }
}

const entry = (title: string) => ({ by: 'created', scope: 'Box/b', atMs: 1, title }) as const
const stateOf = (...titles: readonly string[]): State => ({
  ...emptyState,
  ledger: new Map(titles.map((title, index) => [`Box/b/user:${index}`, entry(title)])),
  pins: { accounts: new Map([['ana@x.io', 'id-ana']]), groups: new Map() },
})

const save = async (store: StateStore, state: State): Promise<void> => (await store.hold()).save(state)

test('without ConfigMaps nothing was ours', async () => {
  expect(await createConfigMapStore(cluster().configMaps, 'roster-state-acme').load()).toEqual(emptyState)
})

test('what was saved is loaded by another replica', async () => {
  const { configMaps } = cluster()
  const store = createConfigMapStore(configMaps, 'roster-state-acme')
  await store.load()
  await save(store, stateOf('ana'))
  expect(await createConfigMapStore(configMaps, 'roster-state-acme').load()).toEqual(stateOf('ana'))
})

test('a large ledger is in several parts, none of which is too large, and old parts go', async () => {
  const { configMaps, maps } = cluster()
  const store = createConfigMapStore(configMaps, 'state')
  const large = stateOf(...Array.from({ length: 30_000 }, (_, index) => `Zoë ${index} ${'x'.repeat(40)}`))
  await store.load()
  await save(store, stateOf('ana'))
  await save(store, large)
  expect(maps.size).toBeGreaterThan(3)
  const sizes = [...maps.values()].map(({ data }) => Buffer.byteLength(Object.values(data).join('')))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(900 * 1024)
  expect(await createConfigMapStore(configMaps, 'state').load()).toEqual(large)
  await save(store, stateOf('bob'))
  expect(maps.size).toBe(2)
})

test('of two writers the second is refused, and the first one counts', async () => {
  const { configMaps } = cluster()
  const [one, other] = [createConfigMapStore(configMaps, 'state'), createConfigMapStore(configMaps, 'state')]
  const late = await other.hold()
  await save(one, stateOf('one'))
  await expect(late.save(stateOf('other'))).rejects.toThrow(StateMovedError)
  expect(late.isHeld()).toBe(false)
  expect(await createConfigMapStore(configMaps, 'state').load()).toEqual(stateOf('one'))
  await save(other, stateOf('other'))
  expect(await one.load()).toEqual(stateOf('other'))
})

test.each([0, 1])('a process that dies after %i writes of a save leaves the state before', async (survived) => {
  const { configMaps, world } = cluster()
  const store = createConfigMapStore(configMaps, 'state')
  await store.load()
  await save(store, stateOf('before'))
  world.cutAfter = world.writes + survived
  await expect(save(store, stateOf('after'))).rejects.toThrow('died')
  world.cutAfter = Infinity
  const next = createConfigMapStore(configMaps, 'state')
  expect(await next.load()).toEqual(stateOf('before'))
  await save(next, stateOf('after'))
  expect(await createConfigMapStore(configMaps, 'state').load()).toEqual(stateOf('after'))
})

test('the same state is not written again', async () => {
  const { configMaps, world } = cluster()
  const store = createConfigMapStore(configMaps, 'state')
  await store.load()
  await save(store, stateOf('ana'))
  const { writes } = world
  await save(store, stateOf('ana'))
  expect(world.writes).toBe(writes)
})

test('a part that is gone is an error, and never an empty ledger', async () => {
  const { configMaps, maps } = cluster()
  const store = createConfigMapStore(configMaps, 'state')
  await store.load()
  await save(store, stateOf('ana'))
  maps.delete([...maps.keys()].find((name) => name !== 'state')!)
  await expect(createConfigMapStore(configMaps, 'state').load()).rejects.toThrow(StateUnreadableError)
})
