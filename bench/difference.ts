import { desire } from '../src/core/desire.ts'
import { declare } from '../src/core/declare.ts'
import { diff } from '../src/core/diff.ts'
import { box, boxDirectory, boxKinds, boxWorld } from '../src/core/engine.builder.ts'
import { observe } from '../src/core/observe.ts'
import { plan } from '../src/core/plan.ts'
import { incompleteDeclaration, observeOnly, promisedIdentity } from '../src/core/policy/fail-closed.ts'
import {
  defaultRemovalLimits,
  defaultRunLimits,
  leaverOf,
  runRemovalLimit,
  scopeRemovalLimit,
} from '../src/core/policy/limits.ts'
import { keepPeople } from '../src/core/policy/keep-people.ts'
import type { Measured } from './measured.ts'

const boxCount = 1_000
const peopleInBox = 100

/**
 * 100,000 desired against 100,000 observed entries in 1,000 scopes; one in a hundred has to be added, one removed. Only
 * diff and plan are timed: reading and expanding are other cases.
 */
export async function measureDifference(): Promise<Measured> {
  const names = Array.from({ length: boxCount }, (_, index) => `b${index}`)
  const person = (index: number) => `p${index}`
  const live = Array.from({ length: peopleInBox }, (_, index) => person(index))
  const wanted = Array.from({ length: peopleInBox }, (_, index) => person(index + 1))
  const world = boxWorld(Object.fromEntries(names.map((name) => [name, live])), [person(peopleInBox)])
  const kinds = boxKinds(world)
  const directory = { ...boxDirectory(world), account: indexed(boxDirectory(world)) }
  const declared = declare({ manifests: names.map((name) => box(name, wanted)), diagnostics: [] }, kinds)
  const catalogues = new Map<string, unknown>()
  const desired = desire(declared, kinds, { directory, catalogues, nowMs: 0 })
  const reader = { read: () => Promise.reject(new Error('boxes are in memory')) }
  const scopes = [...desired.scopes.values()].map(({ scope }) => scope)
  const observed = await observe(scopes, { kinds, reader, directory, catalogues })
  const context = { desired, observed, directory, ledger: new Map() }
  const started = process.hrtime.bigint()
  const difference = diff(desired, observed, context.ledger)
  const limits = [scopeRemovalLimit(defaultRemovalLimits), runRemovalLimit(defaultRunLimits, leaverOf(context))]
  const policies = [incompleteDeclaration, observeOnly, promisedIdentity, keepPeople, ...limits]
  const planned = plan(difference, policies, context, { has: () => false })
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6
  const changes = planned.scopes.reduce((sum, { changes, held }) => sum + changes.length + held.length, 0)
  if (changes !== 2 * boxCount) throw new Error(`expected ${2 * boxCount} changes, got ${changes}`)
  return {
    wallMs,
    calls: 0,
    lowerBound: 0,
    note: `${desired.entries.size} desired, ${observed.resources.size} observed, ${changes} changes`,
  }
}

function indexed({ accounts }: ReturnType<typeof boxDirectory>) {
  const byEmail = new Map(accounts.map((account) => [account.email, account]))
  return (email: string) => byEmail.get(email)
}
