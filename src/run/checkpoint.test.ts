import { beforeEach, expect, test } from 'vitest'
import type { Outcome } from '../core/apply.ts'
import { emptyState, StateMovedError, type HeldState, type State } from '../core/state.ts'
import { createCheckpoint } from './checkpoint.ts'

const checkpointMs = 1_000
const outcome = {} as Outcome

let nowMs: number
let ticks: Set<() => void>
let saved: number[]
/** Ends the save under way. */
let endSave: (() => void) | undefined
let refusal: Error | undefined

beforeEach(() => {
  nowMs = 0
  ticks = new Set()
  saved = []
  endSave = undefined
  refusal = undefined
})

const clock = {
  now: () => nowMs,
  sleep: async () => {},
  every: (_: number, work: () => void) => {
    ticks.add(work)
    return () => void ticks.delete(work)
  },
}

const held: HeldState = {
  state: emptyState,
  checkpointMs,
  isHeld: () => true,
  save: async ({ approvals }) => {
    saved.push(approvals.size)
    if (refusal) throw refusal
    await new Promise<void>((resolve) => (endSave = resolve))
  },
  release: async () => {},
}

/** A state that says after how many outcomes it is. */
const stateOf = (outcomes: readonly Outcome[]): State => ({
  ...emptyState,
  approvals: new Map(outcomes.map((_, index) => [String(index), 1])),
})

const begin = () => createCheckpoint(held, clock, stateOf)

function pass(ms: number): void {
  nowMs += ms
  for (const tick of ticks) tick()
}

async function promisesSeenTo(): Promise<void> {
  for (let turns = 0; turns < 9; turns += 1) await Promise.resolve()
}

async function endOfSave(): Promise<void> {
  endSave!()
  await promisesSeenTo()
}

test('outcomes are saved once a second, however many there are', async () => {
  const { note } = begin()
  for (let count = 0; count < 30; count += 1) {
    nowMs += 100
    note(outcome)
    if (saved.length > 0) await endOfSave()
  }
  expect(saved).toEqual([10, 20, 30])
})

test('an outcome is saved within the second after it where no other one follows', () => {
  const { note } = begin()
  note(outcome)
  expect(saved).toEqual([])
  pass(1_000)
  expect(saved).toEqual([1])
})

test('nothing is saved where nothing has come since the last time', async () => {
  const { note } = begin()
  pass(5_000)
  note(outcome)
  await endOfSave()
  pass(5_000)
  expect(saved).toEqual([1])
})

test('one save at a time is under way, and the next one has what came meanwhile', async () => {
  const { note } = begin()
  nowMs = 1_000
  note(outcome)
  pass(5_000)
  note(outcome)
  expect(saved).toEqual([1])
  await endOfSave()
  pass(1_000)
  expect(saved).toEqual([1, 2])
})

test('the end waits for the save under way, and none begins after it', async () => {
  const { note, settled } = begin()
  nowMs = 1_000
  note(outcome)
  note(outcome)
  let isSettled = false
  const end = settled().then(() => (isSettled = true))
  pass(5_000)
  await promisesSeenTo()
  expect(isSettled).toBe(false)
  await endOfSave()
  await end
  pass(5_000)
  expect(ticks.size).toBe(0)
  expect(saved).toEqual([1])
})

test('what a save met with is told at the end, and no earlier', async () => {
  const { note, settled, stop } = begin()
  nowMs = 1_000
  refusal = new StateMovedError('taken')
  note(outcome)
  await stop()
  await expect(settled()).rejects.toThrow(StateMovedError)
})
