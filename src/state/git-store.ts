import { randomUUID } from 'node:crypto'
import type { Clock } from '../core/ports.ts'
import { emptyState, LockedError, StateMovedError, type HeldState, type State, type StateStore } from '../core/state.ts'
import { GitError } from '../source/git/git-error.ts'
import { claimText, createDeathWatch, leaseMs, ownClaim, parseClaim, refusal, type Claim } from './claim.ts'
import { parseState, stateText } from './state-document.ts'
import type { Files, Snapshot, StateRef } from './state-ref.ts'

/** A push takes a second or so at a forge. */
const checkpointMs = 10_000
const renewMs = 30_000
/** A holder begins no write later than `freshMs` after its last renewal, and has the rest of `leaseMs` to see it through. */
const freshMs = 75_000
const pollMs = 3_000
const lostTo = 'this run was taken for dead, and another one has taken'

export interface GitStoreOptions {
  readonly clock: Clock
  /** How long somebody else's work is waited for. Default: not at all. */
  readonly waitMs?: number
  /** Where to look at our work, such as the page of a CI run. */
  readonly page?: string
}

/**
 * State as one JSON file per organization in a Git ref, each with a claim beside it while somebody writes. The ref moves by
 * compare and swap, so of two runners that want it one gets it, and a commit is never merged with another.
 */
export function createGitStore(ref: StateRef, organization: string, options: GitStoreOptions): StateStore {
  const name = encodeURIComponent(organization)
  const files = { state: `${name}.state.json`, claim: `${name}.lock.json` }
  const place: Place = { ref, organization, files, options }
  return {
    load: async () => stateIn(place, await ref.look()),
    hold: () => hold(place),
  }
}

interface Place {
  readonly ref: StateRef
  readonly organization: string
  readonly files: { readonly state: string; readonly claim: string }
  readonly options: GitStoreOptions
}

async function stateIn({ ref, files }: Place, snapshot: Snapshot): Promise<State> {
  const text = await ref.text(snapshot, files.state)
  return text === undefined ? emptyState : parseState(text, `${files.state} in ${ref.name}`)
}

async function claimIn({ ref, files }: Place, snapshot: Snapshot): Promise<Claim | undefined> {
  const text = await ref.text(snapshot, files.claim)
  return text === undefined ? undefined : parseClaim(text, `${files.claim} in ${ref.name}`)
}

async function hold(place: Place): Promise<HeldState> {
  const { ref, options } = place
  const { clock, waitMs = 0 } = options
  const endMs = clock.now() + waitMs
  const id = randomUUID()
  const isDead = createDeathWatch()
  for (;;) {
    const snapshot = await ref.look()
    const other = await claimIn(place, snapshot)
    const nowMs = clock.now()
    if (other === undefined || other.id === id || isDead(other, nowMs)) {
      const state = await stateIn(place, snapshot)
      const claim = ownClaim(id, nowMs, options.page)
      const files = new Map([[place.files.claim, claimText(claim)]])
      const taken = await ref.put(snapshot, files, `Hold ${place.organization}`)
      // where the race was lost, the winner is seen now
      if (taken !== undefined) return keep(place, { claim, snapshot: taken, state })
    } else if (nowMs < endMs) await clock.sleep(Math.min(pollMs, endMs - nowMs))
    else throw new LockedError(refusal(other, `the state of ${place.organization} in ${ref.name}`, nowMs))
  }
}

interface Taken {
  readonly claim: Claim
  readonly snapshot: Snapshot
  readonly state: State
}

function keep(place: Place, { claim, snapshot, state }: Taken): HeldState {
  const { clock } = place.options
  const seat: Seat = { place, claim, snapshot, saved: stateText(state), renewedMs: claim.atMs, isLost: false }
  // one push at a time, each on top of the one before
  let last: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work)
    // whoever waits for the turn is told
    last = turn.catch(() => {})
    return turn
  }
  const endRenewals = clock.every?.(renewMs, () => void inTurn(() => renew(seat)))
  return {
    state,
    checkpointMs,
    isHeld: () => {
      const nowMs = clock.now()
      return !seat.isLost && nowMs >= seat.renewedMs && nowMs < seat.renewedMs + freshMs
    },
    save: (next) => inTurn(() => save(seat, next)),
    release: async () => {
      endRenewals?.()
      await inTurn(() => release(seat))
    },
  }
}

interface Seat {
  readonly place: Place
  readonly claim: Claim
  snapshot: Snapshot
  /** The text of the state that the ref has. */
  saved: string
  /** When the last renewal that succeeded was begun. */
  renewedMs: number
  isLost: boolean
}

async function save(seat: Seat, state: State): Promise<void> {
  const text = stateText(state)
  if (text === seat.saved && !seat.isLost) return
  await write(seat, new Map([[seat.place.files.state, text]]), `Save ${seat.place.organization}`)
  seat.saved = text
}

/** A remote that cannot be reached now may be there again before our time is over. */
async function renew(seat: Seat): Promise<void> {
  if (seat.isLost || seat.place.options.clock.now() < seat.renewedMs + renewMs / 2) return
  try {
    await write(seat, new Map(), `Keep ${seat.place.organization}`)
  } catch (error) {
    if (!(error instanceof GitError || error instanceof StateMovedError)) throw error
  }
}

/** What cannot be given back ends by itself, and the state is saved already. */
async function release(seat: Seat): Promise<void> {
  const { place, isLost } = seat
  if (isLost) return
  try {
    await put(seat, new Map([[place.files.claim, undefined]]), `Release ${place.organization}`)
    await place.ref.tidy()
  } catch (error) {
    if (!(error instanceof GitError || error instanceof StateMovedError)) throw error
  }
  seat.isLost = true
}

/** With each write our time begins anew. */
async function write(seat: Seat, files: Files, message: string): Promise<void> {
  const nowMs = seat.place.options.clock.now()
  const claim = claimText({ ...seat.claim, untilMs: nowMs + leaseMs })
  await put(seat, new Map([...files, [seat.place.files.claim, claim]]), message)
  seat.renewedMs = nowMs
}

/** The ref also moves for other organizations: as long as our claim stands in it, nobody wrote what is ours. */
async function put(seat: Seat, files: Files, message: string): Promise<void> {
  const { place, claim } = seat
  for (;;) {
    if (seat.isLost) throw new StateMovedError(`${lostTo} the state of ${place.organization} in ${place.ref.name}`)
    const written = await place.ref.put(seat.snapshot, files, message)
    seat.snapshot = written ?? (await place.ref.look())
    if (written !== undefined) return
    seat.isLost = (await claimIn(place, seat.snapshot))?.id !== claim.id
  }
}
