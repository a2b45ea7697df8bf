import { expect, test } from 'vitest'
import { context, holder, removal, scope, update, user } from '../core/policy/policy.builder.ts'
import { plan } from '../core/plan.ts'
import { emptyState, type State } from '../core/state.ts'
import { policiesFor } from './policies.ts'

const box = scope('b')
const people = Array.from({ length: 20 }, (_, index) => holder(box, user(`p${index}`)))
const origin = { file: 'access/box.yaml' }
const within = context({ scopes: [box], observed: people, origins: [origin] })
const gone = removal(people[0]!, 'withdrawn')
const left = { ...update(people[1]!, { ...people[1]!, fields: { state: 'Deactivated' } }), why: 'withdrawn' } as const

const applied = [{ kind: 'Box', name: 'box', spec: {}, origin }]
const cases: Readonly<Record<string, readonly [State, readonly string[]]>> = {
  'from another source, is a first run also for a file of the same name': [
    { ...emptyState, applied, source: '../elsewhere' },
    ['FIRST_RUN', 'FIRST_RUN'],
  ],
  'from the same source, is none': [{ ...emptyState, applied, source: '.' }, []],
  'after a part that was applied, is none for that part': [{ ...emptyState, applied }, []],
}

test.each(Object.entries(cases))('what nobody declares any more, %s', (_, [state, codes]) => {
  const policies = policiesFor({
    guardrails: {},
    isSuspended: false,
    ownEmails: [],
    state,
    source: '.',
    nowMs: 1,
    removedBefore: undefined,
  })
  const difference = { changes: [gone, left], unmanaged: [], matched: [] }
  const { scopes } = plan(difference, policies(within), within, { has: () => false })
  expect(scopes.flatMap(({ held }) => held.map(({ hold }) => hold.code))).toEqual(codes)
})
