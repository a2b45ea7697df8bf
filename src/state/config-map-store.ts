import { isDeepStrictEqual } from 'node:util'
import { emptyState, StateMovedError, type HeldState, type State, type StateStore } from '../core/state.ts'
import { headOf, joinState, splitState, type Head } from './config-map-parts.ts'
import { StateUnreadableError } from './state-document.ts'

/** As the API server has it. */
export interface ConfigMapData {
  readonly data: Readonly<Record<string, string>>
  readonly resourceVersion: string
}

/** The ConfigMaps of one namespace, as far as state needs them. */
export interface ConfigMaps {
  read(name: string): Promise<ConfigMapData | undefined>
  /**
   * Writes the whole of it, and gives its new version. `resourceVersion`: of what was read; undefined where there was none.
   * @throws StateMovedError where somebody else has written meanwhile
   */
  write(name: string, data: Readonly<Record<string, string>>, resourceVersion: string | undefined): Promise<string>
  /** Nothing where it is gone already. */
  remove(name: string): Promise<void>
}

const checkpointMs = 2_000

interface Known {
  readonly head?: Head
  readonly resourceVersion?: string
}

/**
 * State in ConfigMaps: parts named after their content, of which a save writes those that are new, and a head that says
 * which count. The head is written last and against the version that was read, so that a crash leaves the old state or
 * the new one, and of two writers one is refused.
 */
export function createConfigMapStore(configMaps: ConfigMaps, name: string): StateStore {
  let known: Known = {}
  const load = async (): Promise<State> => {
    const { state, ...rest } = await read(configMaps, name)
    known = rest
    return state
  }
  return {
    load,
    async hold() {
      const state = await load()
      return heldWith(state, async (next) => void (known = await write(configMaps, name, { known, next })))
    },
  }
}

/** Who may write is settled by a Lease: nothing is locked here. */
function heldWith(state: State, save: (state: State) => Promise<void>): HeldState {
  let isHeld = true
  return {
    state,
    checkpointMs,
    isHeld: () => isHeld,
    save: async (next) => {
      try {
        await save(next)
      } catch (error) {
        if (error instanceof StateMovedError) isHeld = false
        throw error
      }
    },
    release: async () => {},
  }
}

const partName = (name: string, digest: string): string => `${name}-${digest}`

async function read(configMaps: ConfigMaps, name: string): Promise<Known & { readonly state: State }> {
  const found = await configMaps.read(name)
  if (!found) return { state: emptyState }
  const head = headOf(found.data['head'], `ConfigMap ${name}`)
  const texts = await Promise.all(
    head.parts.map(async (digest) => {
      const part = await configMaps.read(partName(name, digest))
      if (part) return part.data['part'] ?? ''
      throw new StateUnreadableError(`ConfigMap ${partName(name, digest)} is gone, which ${name} counts on`)
    }),
  )
  const state = joinState(head, texts, `a part of ConfigMap ${name}`)
  return { state, head, resourceVersion: found.resourceVersion }
}

async function write(
  configMaps: ConfigMaps,
  name: string,
  { known, next }: { readonly known: Known; readonly next: State },
): Promise<Known> {
  const { head, parts } = splitState(next)
  if (isDeepStrictEqual(head, known.head)) return known
  const before = new Set(known.head?.parts)
  for (const [digest, part] of parts) {
    if (!before.has(digest)) await writePart(configMaps, partName(name, digest), part)
  }
  const resourceVersion = await configMaps.write(name, { head: JSON.stringify(head) }, known.resourceVersion)
  for (const digest of before) if (!parts.has(digest)) await configMaps.remove(partName(name, digest))
  return { head, resourceVersion }
}

/** A part of a run that was cut off may be there already. */
async function writePart(configMaps: ConfigMaps, name: string, part: string): Promise<void> {
  const there = await configMaps.read(name)
  if (there?.data['part'] !== part) await configMaps.write(name, { part }, there?.resourceVersion)
}

/** Takes away what a store of this name has kept: the head first, without which the parts count for nothing. */
export async function removeState(configMaps: ConfigMaps, name: string): Promise<void> {
  const found = await configMaps.read(name)
  if (!found) return
  await configMaps.remove(name)
  for (const digest of headOf(found.data['head'], name).parts) await configMaps.remove(partName(name, digest))
}
