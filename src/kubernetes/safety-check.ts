import { objectKey, type KubeObject } from './kube-object.ts'

/** Compares what the watch has told with a list made meanwhile, once the watch has come as far as the list. */
export interface SafetyCheck {
  /** A list to compare with is asked for. */
  readonly begin: () => void
  /** The watch told that this one is gone. */
  readonly deleted: (key: string) => void
  /** The list to compare with, and how far it goes. */
  readonly expect: (items: readonly KubeObject[], resourceVersion: string) => void
  /** The watch has come to `resourceVersion`, with all before it where `complete`. How many changes it did not tell. */
  readonly compare: (resourceVersion: string, complete: boolean) => number
  readonly forget: () => void
}

interface Expected {
  readonly versions: ReadonlyMap<string, bigint>
  readonly at: bigint
}

/**
 * Resource versions of one API server are numbers that grow (KEP-5504, for all built-in and custom types). An object
 * that is newer than the list, or was told to be gone since it was asked for, is no contradiction; all else was missed.
 */
export function createSafetyCheck(objects: ReadonlyMap<string, KubeObject>): SafetyCheck {
  let expected: Expected | undefined
  const deleted = new Set<string>()
  return {
    begin: () => deleted.clear(),
    deleted: (key) => void deleted.add(key),
    expect: (items, resourceVersion) => {
      const versions = new Map(items.map((item) => [objectKey(item.metadata), versionOf(item)]))
      expected = { versions, at: BigInt(resourceVersion) }
    },
    compare: (resourceVersion, complete) => {
      if (expected === undefined || resourceVersion === '') return 0
      const reached = BigInt(resourceVersion)
      // an event at the very version may have brothers to come, a bookmark has none
      if (reached < expected.at || (reached === expected.at && !complete)) return 0
      const missed = missedOf(expected, objects, deleted)
      expected = undefined
      return missed
    },
    forget: () => {
      expected = undefined
    },
  }
}

const versionOf = ({ metadata }: KubeObject): bigint => BigInt(metadata.resourceVersion ?? 0)

function missedOf(
  { versions, at }: Expected,
  objects: ReadonlyMap<string, KubeObject>,
  deleted: ReadonlySet<string>,
): number {
  const stale = [...versions].filter(([key, version]) => {
    const held = objects.get(key)
    return held !== undefined && versionOf(held) < version
  })
  const gone = [...objects].filter(([key, held]) => !versions.has(key) && versionOf(held) <= at)
  const unseen = [...versions].filter(([key, version]) => !objects.has(key) && !deleted.has(key) && version <= at)
  return stale.length + gone.length + unseen.length
}
