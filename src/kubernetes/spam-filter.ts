/** Answers whether one more event about an object may be written. */
export interface SpamFilter {
  /** `object` is its uid. */
  readonly allows: (object: string, nowMs: number) => boolean
}

/** Those of client-go (tools/record/events_cache.go). */
const burst = 25
const refillMs = 300_000
const objectLimit = 4_096

interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

/** For each object 25 events at once, then one in five minutes. Remembers the objects it was asked about last. */
export function createSpamFilter(): SpamFilter {
  const buckets = new Map<string, Bucket>()
  return {
    allows: (object, nowMs) => {
      const { tokens: before, atMs } = buckets.get(object) ?? { tokens: burst, atMs: nowMs }
      const tokens = Math.min(burst, before + Math.max(0, nowMs - atMs) / refillMs)
      const allowed = tokens >= 1
      // put in again it is the youngest
      buckets.delete(object)
      buckets.set(object, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs })
      if (buckets.size > objectLimit) buckets.delete(buckets.keys().next().value!)
      return allowed
    },
  }
}
