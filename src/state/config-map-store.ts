import { createHash } from 'node:crypto'
import { emptyState, type State, type StateStore } from '../core/state.ts'
import { parseState, StateUnreadableError, stateText } from './state-document.ts'

/** As the API server has it. */
export interface ConfigMapData {
  readonly data: Readonly<Record<string, string>>
  readonly resourceVersion: string
}

/** The ConfigMaps of one namespace, as far as state needs them. */
export interface ConfigMaps {
  read(name: string): Promise<ConfigMapData | undefined>
  /**
   * Writes the whole of it. `resourceVersion`: of what was read; undefined where there was none.
   * @throws StateConflictError where somebody else has written meanwhile
   */
  write(name: string, data: Readonly<Record<string, string>>, resourceVersion: string | undefined): Promise<void>
  /** Nothing where it is gone already. */
  remove(name: string): Promise<void>
}

/** Somebody else has written the state since it was read: what this pass learned is not kept, and the next one reads anew. */
export class StateConflictError extends Error {
  override readonly name = 'StateConflictError'
}

/** A ConfigMap holds 1 MiB, with its keys and labels. */
const partBytes = 900 * 1024

interface Head {
  readonly formatVersion: '1'
  /** Of the text, for the names of its parts. */
  readonly digest: string
  readonly parts: number
}

/**
 * State in ConfigMaps: the parts of the text, named after its digest, and a head that says which parts count. The head is
 * written last and against the version that was read, so that a crash leaves the old state or the new one, and of two
 * writers one is refused.
 */
export function createConfigMapStore(configMaps: ConfigMaps, name: string): StateStore {
  let known: { readonly head?: Head; readonly resourceVersion?: string } = {}
  const partName = (digest: string, index: number): string => `${name}-${digest}-${index}`
  return {
    async load() {
      const found = await configMaps.read(name)
      if (!found) {
        known = {}
        return emptyState
      }
      const head = headOf(found.data['head'], name)
      known = { head, resourceVersion: found.resourceVersion }
      const names = Array.from({ length: head.parts }, (_, index) => partName(head.digest, index))
      const parts = await Promise.all(names.map((each) => configMaps.read(each)))
      const missing = names.find((_, index) => parts[index] === undefined)
      if (missing !== undefined) throw new StateUnreadableError(`ConfigMap ${missing} is gone, which ${name} counts on`)
      return parseState(parts.map((part) => part?.data['part'] ?? '').join(''), `ConfigMap ${name}`)
    },
    async save(state: State) {
      const text = stateText(state)
      const digest = createHash('sha256').update(text).digest('hex').slice(0, 12)
      if (digest === known.head?.digest) return
      const parts = partsOf(text)
      for (const [index, part] of parts.entries()) await writePart(configMaps, partName(digest, index), part)
      const head: Head = { formatVersion: '1', digest, parts: parts.length }
      await configMaps.write(name, { head: JSON.stringify(head) }, known.resourceVersion)
      const written = await configMaps.read(name)
      const before = known.head
      known = { head, ...(written && { resourceVersion: written.resourceVersion }) }
      for (let index = 0; index < (before?.parts ?? 0); index += 1)
        await configMaps.remove(partName(before!.digest, index))
    },
  }
}

/** Takes away what a store of this name has kept: the head first, without which the parts count for nothing. */
export async function removeState(configMaps: ConfigMaps, name: string): Promise<void> {
  const found = await configMaps.read(name)
  if (!found) return
  const { digest, parts } = headOf(found.data['head'], name)
  await configMaps.remove(name)
  for (let index = 0; index < parts; index += 1) await configMaps.remove(`${name}-${digest}-${index}`)
}

function headOf(text: string | undefined, name: string): Head {
  try {
    return JSON.parse(text ?? '') as Head
  } catch (cause) {
    throw new StateUnreadableError(`ConfigMap ${name} has no head that can be read`, { cause })
  }
}

/** A part of a run that was cut off may be there already. */
async function writePart(configMaps: ConfigMaps, name: string, part: string): Promise<void> {
  const there = await configMaps.read(name)
  if (there?.data['part'] !== part) await configMaps.write(name, { part }, there?.resourceVersion)
}

/** Cut by bytes, never within a character. */
function partsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8')
  const parts: string[] = []
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(bytes.length, start + partBytes)
    while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end -= 1
    parts.push(bytes.subarray(start, end).toString('utf8'))
    start = end
  }
  return parts
}
