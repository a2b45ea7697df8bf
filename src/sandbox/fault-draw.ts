import { createHash } from 'node:crypto'
import { nextRandom } from './random.ts'

/** What tells a request from another, as far as chance is concerned. */
export interface DrawnRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly body?: string
}

/** A sequence of numbers, 0 <= n < 1. */
export type Draw = () => number

/**
 * Chance that depends on the seed, on the request, and on how often it came before for this purpose, so that requests
 * that arrive side by side, in whatever order, draw the same with the same seed.
 */
export function createDraws(seed: number): (request: DrawnRequest, purpose: string) => Draw {
  const seen = new Map<string, number>()
  return ({ method, path, body = '' }, purpose) => {
    const key = `${purpose}\n${method} ${path}\n${body}`
    const count = seen.get(key) ?? 0
    seen.set(key, count + 1)
    const random = { randomState: createHash('sha256').update(`${seed}\n${count}\n${key}`).digest().readInt32BE() }
    return () => nextRandom(random)
  }
}
