import { expect, test } from 'vitest'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { PlanExtent } from './plan-summary.ts'
import { renderPlan } from './plan-text.ts'
import { add, change, held, planScope, planView, remove, resource } from './plan.builder.ts'
import { createPaint } from './terminal-text.ts'

const commands = {
  apply: 'roster apply access/',
  approve: (digest: string) => `roster approve ${digest} access/ --until 1h`,
}
const options = { paint: createPaint(false), verbose: false, expand: false, commands }
const end = ['Coverage: 75 % of the 8 entries read are declared.', 'Reads: 5 announced, 5 made.']

const tables: Readonly<
  Record<string, { readonly view: ReturnType<typeof planView>; readonly text: readonly string[] }>
> = {
  'adds stand before changes before removes, each with its word, its reason and its place': {
    view: planView([
      planScope('Group pay-devs', {
        changes: [
          remove('tom@acme.com'),
          change('group leads', { role: '1' }, { role: '2' }, ['role Viewer', 'role Manager']),
          add('ana@acme.com', 18, { notes: ['may cost a jira-software seat', 'JIRA-812'] }),
        ],
      }),
    ]),
    text: [
      'Group pay-devs  (authoritative)                                         access/a.yaml:3',
      '  + add     ana@acme.com  may cost a jira-software seat, JIRA-812       access/a.yaml:18',
      '  ~ change  group leads   role Viewer -> role Manager                   access/a.yaml:9',
      '  - remove  tom@acme.com  not declared',
      '      removes 1 of 8 entries, the limit here is 3',
      '',
      'Plan: 1 to add, 1 to change, 1 to remove.',
      'Removals: 1 of 8 entries (12.5 %), the limit of a run is 20.',
      'Seats: 1 × may cost a jira-software seat.',
      ...end,
      'Next: roster apply access/',
    ],
  },
  'what is held says why, what it is, and how to let it pass': {
    view: planView([planScope('Group g', { held: [held(remove('a@acme.com')), held(remove('b@acme.com'))] })]),
    text: [
      'Group g  (authoritative)                                                access/a.yaml:3',
      '  ! held  would remove 4 of 8 entries, the limit is 3  [SCOPE_LIMIT]',
      '      - remove  a@acme.com  not declared',
      '      - remove  b@acme.com  not declared',
      '      to let it pass: roster approve 0123456789ab access/ --until 1h',
      '',
      'Plan: 0 to add, 0 to change, 0 to remove.  2 held.',
      'Removals: 2 of 8 entries (25 %), the limit of a run is 20.',
      ...end,
      'Next: roster approve 0123456789ab access/ --until 1h, then roster apply access/',
    ],
  },
  'what cannot be released is not offered for release': {
    view: planView([
      planScope('Group g', {
        held: [
          held(remove('root@acme.com'), {
            code: 'PROTECTED',
            reason: 'root@acme.com is on the protected list',
            releasable: false,
          }),
        ],
      }),
    ]),
    text: [
      'Group g  (authoritative)                                                access/a.yaml:3',
      '  ! held  root@acme.com is on the protected list  [PROTECTED]',
      '      - remove  root@acme.com  not declared',
      '      removes 1 of 8 entries, the limit here is 3',
      '',
      'Plan: 0 to add, 0 to change, 0 to remove.  1 held.',
      'Removals: 1 of 8 entries (12.5 %), the limit of a run is 20.',
      ...end,
    ],
  },
  'unmanaged entries are named, with the reason why they are kept': {
    view: planView([
      planScope('Group g', { unmanaged: [resource('a@acme.com'), resource('Bot', { keep: 'app account' })] }),
      planScope('Group h', { unmanaged: ['c', 'd', 'e', 'f', 'g'].map((name) => resource(name)) }),
    ]),
    text: [
      'Unmanaged: 7 entries that nobody declared, left alone',
      '  ! Group g  a@acme.com, Bot (app account)',
      '  ! Group h  c, d, e, f and 1 more',
      '',
      'No changes: 2 places as declared.  7 unmanaged left alone.',
      ...end,
    ],
  },
  'what was not read is loud and makes the plan incomplete': {
    view: planView([
      planScope('Confluence space SEC', {
        unread: { code: 'FORBIDDEN', message: 'no permission', request: 'GET /spaces/{id}/permissions', status: 403 },
      }),
    ]),
    text: [
      'NOT READ: 1 place. Nothing is changed there, and this plan is incomplete.',
      '  ! Confluence space SEC  no permission (GET /spaces/{id}/permissions answered 403)  [FORBIDDEN]',
      '',
      'Plan: 0 to add, 0 to change, 0 to remove.  1 place NOT READ.',
      ...end,
      'INCOMPLETE: 1 place not read.',
    ],
  },
  'equal changes over many projects are one thing to look at': {
    view: planView(
      ['PAY', 'LEDGER', 'WEB'].map((key) =>
        planScope(`Jira space (project) ${key}, role Viewers`, {
          authority: 'Additive',
          changes: [add('group qa', 31)],
        }),
      ),
    ),
    text: [
      'Jira space (project) PAY, LEDGER, WEB, role Viewers  (additive, in 3 places alike)  access/a.yaml:3',
      '  + add  group qa                                                       access/a.yaml:31',
      '',
      'Plan: 3 to add, 0 to change, 0 to remove.',
      ...end,
      'Next: roster apply access/',
    ],
  },
  'control characters from outside reach the terminal written out': {
    view: planView([planScope('Group g\u001b[2J', { changes: [add('a\u202ec', 1)] })]),
    text: [
      'Group g\\u001b[2J  (authoritative)                                       access/a.yaml:3',
      '  + add  a\\u202ec                                                       access/a.yaml:1',
      '',
      'Plan: 1 to add, 0 to change, 0 to remove.',
      ...end,
      'Next: roster apply access/',
    ],
  },
}

for (const [name, { view, text }] of Object.entries(tables)) {
  test(name, () => expect(renderPlan(view, options).split('\n')).toEqual(text))
}

test('--expand lists equal changes one by one', () => {
  const scopes = ['A', 'B', 'C'].map((key) => planScope(`Group ${key}`, { changes: [add('x', 1)], digest: key }))
  const text = renderPlan(planView(scopes), { ...options, expand: true })
  expect(text.match(/^Group .*$/gm)).toHaveLength(3)
})

test('changes that differ in a reason are not folded', () => {
  const notes = ['one', 'one', 'other'].map((note) => ({ notes: [note] }))
  const scopes = notes.map((more, index) => planScope(`Group ${index}`, { changes: [add('x', 1, more)] }))
  expect(renderPlan(planView(scopes), options).match(/^Group .*$/gm)).toHaveLength(3)
})

test('--verbose names every unmanaged entry', () => {
  const unmanaged = ['c', 'd', 'e', 'f', 'g'].map((name) => resource(name))
  const text = renderPlan(planView([planScope('Group h', { unmanaged })]), { ...options, verbose: true })
  expect(text).toContain('  ! Group h  c, d, e, f, g\n')
})

test('fields without words are compared one by one, lists by what came and went', () => {
  const changes = [change('ana', { title: 'Dev', p: ['a', 'b'] }, { title: 'Lead', p: ['b', 'c'], department: 'Pay' })]
  const text = renderPlan(planView([planScope('Account ana', { changes })]), options)
  expect(text).toContain('~ change  ana  title: Dev -> Lead, p: +c -a, department: (none) -> Pay')
})

test('a plan that was shown before leaves out what nobody declared, or every place', () => {
  const view = planView([planScope('Group h', { changes: [add('x', 1)], unmanaged: [resource('c')] })])
  const heads = (extent: PlanExtent): readonly string[] =>
    renderPlan(view, { ...options, extent }).match(/^(Group|Unmanaged|Plan)(?=[ :])/gm) ?? []
  expect(heads('whole')).toEqual(['Group', 'Unmanaged', 'Plan'])
  expect(heads('changes')).toEqual(['Group', 'Plan'])
  expect(heads('summary')).toEqual(['Plan'])
})

test('where nothing was read, no share of it is told', () => {
  const view = { ...planView([]), coverage: { declared: 0, observed: 0 } }
  expect(renderPlan(view, options)).not.toContain('Coverage')
})

test('lines that a read is wanting for are lines of the declaration, also where it holds no mistake', () => {
  const unread: Diagnostic = { code: 'IDENTITIES_UNREAD', severity: 'error', message: 'groups were not read' }
  const ending = (diagnostics: readonly Diagnostic[]): string | undefined =>
    renderPlan({ ...planView([]), diagnostics }, options).match(/^INCOMPLETE: .*$/m)?.[0]
  expect(ending([unread])).toBe('INCOMPLETE: 1 line of the declaration could not be understood for want of a read.')
  expect(ending([{ ...unread, code: 'INVALID_SPEC' }, unread])).toBe(
    'INCOMPLETE: 1 mistake in the declaration, 1 line of it could not be understood for want of a read.',
  )
})
