import { createHash } from 'node:crypto'

/** Holds the position in a seeded sequence; kept in the world, so that a run with the same seed gives the same ids. */
export interface RandomState {
  randomState: number
}

/** The next number of the sequence, 0 <= n < 1 (mulberry32). */
export function nextRandom(state: RandomState): number {
  state.randomState = (state.randomState + 0x6d2b79f5) | 0
  let mixed = Math.imul(state.randomState ^ (state.randomState >>> 15), 1 | state.randomState)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}

/** The next id of the sequence, in the form of a UUID. */
export function nextUuid(state: RandomState): string {
  return derivedUuid(`${nextRandom(state)}/${nextRandom(state)}`)
}

/** An id in the form of a UUID that depends on the text alone: the SCIM id of an account whose seed gives none. */
export function derivedUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
