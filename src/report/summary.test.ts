import { expect, test } from 'vitest'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { PlanScope } from '../core/plan.ts'
import type { HoldCode } from '../core/policy.ts'
import { add, held, planScope, planView, remove } from './plan.builder.ts'
import { applyExitCode, planExitCode, worst } from './summary.ts'

const holding = (code: HoldCode): PlanScope => planScope('g', { held: [held(remove('a'), { code })] })
const unread = planScope('g', { unread: { code: 'FORBIDDEN', message: 'no' } })
const mistake: Diagnostic = { code: 'UNKNOWN_USER', severity: 'error', message: 'm' }

interface Case {
  readonly scopes: readonly PlanScope[]
  readonly diagnostics?: readonly Diagnostic[]
  readonly code: number
  readonly detailed: number
}

const cases: Readonly<Record<string, Case>> = {
  'nothing to do is 0': { scopes: [planScope('g')], code: 0, detailed: 0 },
  'pending changes are 2 when asked for': { scopes: [planScope('g', { changes: [add('a')] })], code: 0, detailed: 2 },
  'a tripped guardrail is 3': { scopes: [holding('SCOPE_LIMIT')], code: 3, detailed: 3 },
  'the first run holding removals is 3': { scopes: [holding('FIRST_RUN')], code: 3, detailed: 3 },
  'a mistake that holds removals is 4': { scopes: [holding('INCOMPLETE_DECLARATION')], code: 4, detailed: 4 },
  'a place that was not read is 4, even beside a tripped guardrail': {
    scopes: [holding('SCOPE_LIMIT'), unread],
    code: 4,
    detailed: 4,
  },
  'a mistake in the declaration is 4': { scopes: [planScope('g')], diagnostics: [mistake], code: 4, detailed: 4 },
  'a warning changes nothing': {
    scopes: [planScope('g')],
    diagnostics: [{ ...mistake, severity: 'warning' }],
    code: 0,
    detailed: 0,
  },
  'what is only observed is drift and no alarm': { scopes: [holding('OBSERVE_ONLY')], code: 0, detailed: 2 },
  'what waits for the next pass is pending and no alarm': { scopes: [holding('PROMISED')], code: 0, detailed: 2 },
}

for (const [name, { scopes, diagnostics = [], code, detailed }] of Object.entries(cases)) {
  test(name, () => {
    const { plan } = planView(scopes)
    expect(planExitCode(plan, diagnostics, false)).toBe(code)
    expect(planExitCode(plan, diagnostics, true)).toBe(detailed)
  })
}

test('a change that was not made makes an apply incomplete', () => {
  const what = add('a')
  const { plan } = planView([planScope('g', { changes: [what] })])
  const codes = (['done', 'confirmed', 'failed', 'pending', 'skipped'] as const).map((result) =>
    applyExitCode(plan, [], [{ change: what, result }]),
  )
  expect(codes).toEqual([0, 0, 4, 4, 4])
})

test('of several organizations the worst counts, and an error is worse than incomplete', () => {
  expect([worst([0, 2]), worst([2, 3, 0]), worst([3, 4]), worst([4, 1]), worst([])]).toEqual([2, 3, 4, 1, 0])
})
