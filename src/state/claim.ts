import { hostname } from 'node:os'
import { heldBy, type Holder } from './holder.ts'
import { StateUnreadableError } from './state-document.ts'

/** Who may write a state for how long. It stands beside the state, and is renewed while work goes on. */
export interface Claim extends Holder {
  readonly formatVersion: '1'
  /** Of this claim alone. */
  readonly id: string
  /** When others may take it, milliseconds since 1970, by the clock of the holder. */
  readonly untilMs: number
}

/** How long a claim lasts without being renewed. */
export const leaseMs = 120_000
/** By how much clocks of two machines may differ: the holder counts on its own, another one on its own. */
const skewMs = 60_000

export const ownClaim = (id: string, atMs: number, page: string | undefined): Claim => ({
  formatVersion: '1',
  id,
  pid: process.pid,
  host: hostname(),
  atMs,
  ...(page !== undefined && { page }),
  untilMs: atMs + leaseMs,
})

export const claimText = (claim: Claim): string => `${JSON.stringify(claim, null, 1)}\n`

/** @throws StateUnreadableError. `place`: for messages. */
export function parseClaim(text: string, place: string): Claim {
  const claim = parseJson(text, place)
  const { formatVersion, id, pid, host, atMs, untilMs } = claim
  if (formatVersion !== '1') throw new StateUnreadableError(`${place} was written by another version of Roster`)
  const isWhole = typeof id === 'string' && typeof host === 'string' && [pid, atMs, untilMs].every(isTime)
  if (!isWhole) throw new StateUnreadableError(`${place} does not say who holds the state, and until when`)
  return claim as Claim
}

function parseJson(text: string, place: string): Partial<Claim> {
  try {
    return JSON.parse(text) as Partial<Claim>
  } catch (cause) {
    throw new StateUnreadableError(`${place} is not JSON`, { cause })
  }
}

/** What a date can be made of, https://tc39.es/ecma262/#sec-time-values-and-time-range. */
const isTime = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) < 8e15

/** Sees the same claim again and again, and tells whether its holder is gone. */
export function createDeathWatch(): (claim: Claim, nowMs: number) => boolean {
  let seen: { readonly claim: Claim; readonly sinceMs: number } | undefined
  return (claim, nowMs) => {
    const isSame = seen !== undefined && seen.claim.id === claim.id && seen.claim.untilMs === claim.untilMs
    if (!isSame) seen = { claim, sinceMs: nowMs }
    // whatever the clock of the holder said: one that is alive has renewed it meanwhile
    return nowMs > claim.untilMs + skewMs || nowMs - seen!.sinceMs > leaseMs + skewMs
  }
}

export function refusal(claim: Claim, what: string, nowMs: number): string {
  const endsAt = new Date(claim.untilMs + skewMs).toISOString().slice(0, 19)
  return (
    `${heldBy(claim, nowMs)} holds ${what}: --lock-timeout 5m waits for it; ` +
    `if it does not run any more, its claim ends at ${endsAt}Z`
  )
}
