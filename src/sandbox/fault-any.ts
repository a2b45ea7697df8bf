import type { Draw } from './fault-draw.ts'
import type { FaultEffect } from './fault-rule.ts'

type Make = (draw: Draw) => FaultEffect

const whole = (draw: Draw, from: number, to: number): number => from + Math.floor(draw() * (to - from + 1))
const oneOf = <Item>(draw: Draw, items: readonly Item[]): Item => items[Math.floor(draw() * items.length)]!
const statusOf = (draw: Draw) => oneOf(draw, [500, 502, 503, 504] as const)

const both: readonly Make[] = [
  (draw) => ({ kind: 'rate-limited', retryAfterSeconds: whole(draw, 1, 5) }),
  (draw) => ({ kind: 'rate-limited', retryAfterSeconds: whole(draw, 1, 5), asDate: true }),
  () => ({ kind: 'rate-limited' }),
  (draw) => ({ kind: 'server-error', commit: 'before', status: statusOf(draw) }),
  (draw) => ({ kind: 'server-error', commit: 'before', status: 503, retryAfterSeconds: whole(draw, 1, 5) }),
  (draw) => ({ kind: 'html-error', status: statusOf(draw) }),
  (draw) => ({ kind: 'slow', delayMs: whole(draw, 1, 20) }),
  () => ({ kind: 'cut-body', commit: 'after' }),
  () => ({ kind: 'drop-connection' }),
]
const reads: readonly Make[] = [
  ...both,
  () => ({ kind: 'repeated-cursor' }),
  () => ({ kind: 'lost-cursor' }),
  (draw) => ({ kind: 'clamped-page', limit: whole(draw, 1, 5) }),
]
const writes: readonly Make[] = [
  ...both,
  (draw) => ({ kind: 'server-error', commit: 'after', status: statusOf(draw) }),
  () => ({ kind: 'cut-body', commit: 'before' }),
  (draw) => ({ kind: 'stale-read', delayMs: whole(draw, 1, 5_000) }),
]

/** One effect of the whole list, of those that can strike this sort of request; never a hang, which nothing ends. */
export function anyEffect(write: boolean, draw: Draw): FaultEffect {
  return oneOf(draw, write ? writes : reads)(draw)
}
