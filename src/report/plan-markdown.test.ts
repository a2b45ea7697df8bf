import { marked } from 'marked'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../core/diagnostic.ts'
import { attacks, everywhere } from './attacks.builder.ts'
import { fence } from './html-text.ts'
import { add, change, held, planScope, planView, remove, resource } from './plan.builder.ts'
import { markerPattern, mostCharacters, renderMarkdown, type MarkdownOptions } from './plan-markdown.ts'
import { redactEmails } from './redact.ts'
import type { PlanView } from './summary.ts'

const options: MarkdownOptions = {
  paths: ['access'],
  diagnostics: [],
  texts: new Map(),
  redact: (text) => text,
  approve: (digest) => `roster approve ${digest} access --until 1h`,
  seeWhole: 'roster plan access',
}

const render = (view: PlanView, more: Partial<MarkdownOptions> = {}): string =>
  renderMarkdown([view], { ...options, ...more })

test('the marker and the numbers stand first, then one row per place, then what it comes to', () => {
  const view = planView(
    [
      planScope('Group pay-devs', {
        changes: [remove('tom@acme.com'), add('ana@acme.com', 18, { notes: ['may cost a jira-software seat'] })],
      }),
      planScope('Group leads', { changes: [change('x', { role: 'a' }, { role: 'b' })] }),
    ],
    { isExternal: ({ action }) => action === 'create' },
  )
  expect(render(view).split('\n')).toEqual([
    '<!-- roster plan organization=acme path=access -->',
    '',
    '<h3>Roster plan for <code>acme</code>: 1 to add, 1 to change, 1 to remove</h3>',
    '',
    '<table>',
    '<tr><th>place</th><th>add</th><th>change</th><th>remove</th><th>held</th><th>look twice</th></tr>',
    '<tr><td><b>2 places</b></td><td>1</td><td>1</td><td>1</td><td></td><td></td></tr>',
    '<tr><td><code>Group pay-devs</code></td><td>1</td><td></td><td>1</td><td></td>' +
      '<td><b>removal</b> <b>external</b> <b>cost</b></td></tr>',
    '<tr><td><code>Group leads</code></td><td></td><td>1</td><td></td><td></td><td><b>removal</b></td></tr>',
    '</table>',
    '',
    '```text',
    'Plan: 1 to add, 1 to change, 1 to remove.',
    'Removals: 1 of 16 entries (6.3 %), the limit of a run is 20.',
    'Seats: 1 × may cost a jira-software seat.',
    'Coverage: 75 % of the 8 entries read are declared.',
    'Reads: 5 announced, 5 made.',
    '```',
    '',
    '<details><summary><code>Group pay-devs</code> 1 to add, 1 to remove · <b>removal</b> · <b>external</b> · <b>cost</b></summary>',
    '',
    '```diff',
    '# access/a.yaml:3  authoritative',
    '+ add     ana@acme.com  may cost a jira-software seat [external, cost]  access/a.yaml:18',
    '- remove  tom@acme.com  not declared [removal]',
    '```',
    '',
    '</details>',
    '',
    '<details><summary><code>Group leads</code> 1 to change · <b>removal</b></summary>',
    '',
    '```diff',
    '# access/a.yaml:3  authoritative',
    '! change  x  role: a -> b [removal]  access/a.yaml:9',
    '```',
    '',
    '</details>',
    '',
    '<p>Digest of this plan: <code>ba9876543210</code></p>',
  ])
})

test('what is held stands open above the rest, with its reason, its digest and the command that lets it pass', () => {
  const view = planView([
    planScope('Group a', { changes: [add('ana', 1)] }),
    planScope('Group b', { held: [held(remove('tom'))], digest: 'fedcba987654' }),
  ])
  const blocks = render(view).match(/<details[\s\S]*?<\/details>/g)!
  expect(blocks[0]!.split('\n')).toEqual([
    '<details open><summary><code>Group b</code> <b>1 held</b> · <b>removal</b></summary>',
    '',
    '```diff',
    '# access/a.yaml:3  authoritative',
    '@@ held: would remove 4 of 8 entries, the limit is 3 [SCOPE_LIMIT] @@',
    '- remove  tom  not declared [removal]',
    '```',
    '',
    '<p>Held under <code>fedcba987654</code>. To let exactly this pass: ' +
      '<code>roster approve fedcba987654 access --until 1h</code></p>',
    '',
    '</details>',
  ])
})

test('a mistake stands with its file and line, and above the warnings', () => {
  const origin = { file: 'access/a.yaml', line: 2, column: 7, endColumn: 11 }
  const error: Diagnostic = { code: 'UNKNOWN_ROLE', severity: 'error', message: 'there is no role "Devs"', origin }
  const warning: Diagnostic = { code: 'EXPIRES_SOON', severity: 'warning', message: 'ends soon' }
  const view = planView([planScope('Group a')], { diagnostics: [warning, error] })
  const text = render(view, { texts: new Map([['access/a.yaml', 'spec:\nrole: Devs\n']]) })
  expect(/<details[\s\S]*?<\/details>/.exec(text)![0].split('\n')).toEqual([
    '<details open><summary><b>1 mistake, 1 warning</b></summary>',
    '',
    '```text',
    'access/a.yaml:2:7 error[UNKNOWN_ROLE]: there is no role "Devs"',
    '  1 | spec:',
    '> 2 | role: Devs',
    '    |       ^^^^',
    '',
    'warning[EXPIRES_SOON]: ends soon',
    '```',
    '',
    '</details>',
  ])
})

test('what was not read is said in the heading and shown open', () => {
  const unread = { code: 'FORBIDDEN', message: 'no permission' } as const
  const text = render(planView([planScope('Confluence space SEC', { unread })]))
  expect(text).toContain('no changes, <b>1 place not read</b></h3>')
  expect(text).toContain('! Confluence space SEC: no permission [FORBIDDEN]\n')
})

test('after an apply, what was made stands above the places, failures included', () => {
  const made = add('ana', 1)
  const outcomes = new Map([['acme', [{ change: made, result: 'failed', error: new Error('answered 403') } as const]]])
  const text = render(planView([planScope('Group a', { changes: [made] })]), { outcomes })
  expect(text).toContain('Applied: 0 added, 0 changed, 0 removed, 1 failed.\nNot done: 1 change\n')
  expect(text).toContain('+ add ana  in Group g  FAILED: answered 403\n')
})

test('without an organization the mistakes are all that is told', () => {
  const diagnostics: Diagnostic[] = [{ code: 'NO_ORGANIZATION', severity: 'error', message: 'none is in sight' }]
  const text = renderMarkdown([], { ...options, diagnostics })
  expect(text).toContain('nothing could be planned')
  expect(text).toContain('error[NO_ORGANIZATION]: none is in sight')
})

test('addresses are redacted in every part', () => {
  const unread = { code: 'FORBIDDEN', message: 'carla.diaz@acme.com may not' } as const
  const view = planView(
    [
      planScope('Account ana.ruiz@acme.com', {
        changes: [add('ana.ruiz@acme.com', 1, { notes: ['for bo@acme.com'] })],
      }),
      planScope('Group b', { held: [held(remove('t@acme.com'), { reason: 'dora@acme.com is protected' })], unread }),
    ],
    { diagnostics: [{ code: 'UNKNOWN_USER', severity: 'error', message: 'no account for eve@acme.com' }] },
  )
  const text = render(view, { redact: redactEmails, paths: ['of-fred@acme.com'], seeWhole: '' })
  expect([...text.matchAll(/[^\s>]+@acme\.com/g)].map(([each]) => each)).toSatisfy((all: string[]) =>
    all.every((each) => /^(\S\*\*\*)@acme\.com$/.test(each)),
  )
  expect(text).toContain('a***@acme.com')
})

/** Elements of ours, and the attributes that they may have. */
const ours: Readonly<Record<string, readonly RegExp[]>> = {
  h3: [/^$/],
  table: [/^$/],
  tr: [/^$/],
  th: [/^$/],
  td: [/^$/],
  b: [/^$/],
  p: [/^$/],
  pre: [/^$/],
  code: [/^( class="language-(text|diff)")?$/],
  details: [/^( open)?$/],
  summary: [/^$/],
}

/** Everything that a browser would take for an element. */
function foreign(html: string): readonly string[] {
  const tags = html.replace(/<!-- roster plan organization=\S* path=\S* -->/g, '').matchAll(/<(\/?[^\s>]*)([^>]*)>?/g)
  return [...tags].flatMap(([tag, name, attributes]) => {
    const isOurs = ours[name!.replace('/', '')]?.some((each) => each.test(attributes!)) ?? false
    return isOurs ? [] : [tag]
  })
}

describe.each(Object.entries(attacks))('%s', (_, text) => {
  const markdown = render(everywhere(text), { paths: [text], texts: new Map([[text, text]]), seeWhole: text })
  const html = marked.parse(markdown, { gfm: true, async: false })

  test('makes no element that is not ours', () => expect(foreign(html)).toEqual([]))

  test('stays within code, where forges follow neither mentions nor references', () => {
    const outside = html.replace(/<code[^>]*>[^<]*<\/code>/g, '').replace(/<!--.*?-->/g, '')
    expect(outside).not.toMatch(/@|#\d|evil|octocat|&#|\||`/)
  })

  test('has one marker only, and it is the first line', () => {
    expect(markdown.split('\n').flatMap((line, index) => (markerPattern.test(line) ? [index] : []))).toEqual([0])
  })
})

describe('whatever the plan, a comment holds it', () => {
  const odd = fc.string({ unit: fc.constantFrom('a', '`', '<', '@', '&', '\n', '\u{1F600}', '|', ' '), maxLength: 600 })
  const title = fc.oneof(odd, fc.string({ maxLength: 40 }))
  const planned = fc
    .array(fc.record({ title, changes: fc.array(title, { maxLength: 60 }), held: fc.array(title, { maxLength: 5 }) }), {
      maxLength: 120,
      size: 'max',
    })
    .map((all) =>
      planView(
        all.map((each, index) =>
          planScope(each.title, {
            changes: each.changes.map((name) => add(name, 1)),
            held: each.held.map((name) => held(remove(name))),
            digest: String(index).padStart(12, '0'),
          }),
        ),
      ),
    )
  const organizations = fc.array(planned, { minLength: 1, maxLength: 20 })

  test('of any size, it is no longer, and has no foreign element', () => {
    // drawn, not shrunk: a document of this size would be shrunk for minutes
    for (const views of fc.sample(organizations, { seed: 8, numRuns: 20 })) {
      const markdown = renderMarkdown(views, options)
      expect(markdown.length).toBeLessThanOrEqual(mostCharacters)
      expect(foreign(marked.parse(markdown, { gfm: true, async: false }))).toEqual([])
    }
  }, 60_000)

  test('what had no room is counted, and where to see it is said', () => {
    const changes = Array.from({ length: 20 }, (_, index) => add(`member-${index}@acme.com`, index + 1))
    const scopes = Array.from({ length: 500 }, (_, index) =>
      planScope(`Group ${index} ${'x'.repeat(index % 7)}`, { changes: [...changes, add(`own-${index}`, 1)] }),
    )
    const text = render(planView(scopes))
    const blocks = text.match(/<details/g)!.length
    expect(text.length).toBeGreaterThan(mostCharacters * 0.9)
    expect(text).toContain(
      `<b>Left out for length: ${((500 - blocks) * 21).toLocaleString('en-US')} changes of ${500 - blocks} places.</b> ` +
        'All of it: <code>roster plan access</code>',
    )
    expect(text).toMatch(/<td>and \d+ more places<\/td>/)
  })

  test('of a place too large for its share, the first changes are shown and the others counted', () => {
    const changes = Array.from({ length: 5_000 }, (_, index) => add(`member-${index}@acme.com`, 1))
    const text = render(planView([planScope('Group all', { changes })]))
    const shown = text.match(/^\+ add/gm)!.length
    expect(text).toContain(`# and ${(5_000 - shown).toLocaleString('en-US')} more\n`)
    expect(text).toContain(`Left out for length: ${(5_000 - shown).toLocaleString('en-US')} changes of 1 place.`)
  })
})

test('a fence is longer than every run of backticks in it', () => {
  expect(fence('text', ['a', '`````', '~~~', 'b\n```'])).toBe('``````text\na\n`````\n~~~\nb\\u000a```\n``````')
})

test('columns are as wide as what is left of addresses', () => {
  const changes = [add('ana.maria.ruiz@acme.com', 1), add('bo@acme.com', 2)]
  const text = render(planView([planScope('Group a', { changes })]), { redact: redactEmails })
  expect(text).toContain('+ add  a***@acme.com    access/a.yaml:1\n+ add  b***@acme.com    access/a.yaml:2\n')
})

test('of nothing to do there is a headline and what it rests on, and no table', () => {
  const text = render(planView([planScope('Group a')]))
  expect(text).toContain(
    '<h3>Roster plan for <code>acme</code>: no changes</h3>\n\n```text\nNo changes: 1 place as declared',
  )
  expect(text).not.toMatch(/<table|<details/)
})

test('unmanaged entries are counted, not listed', () => {
  const text = render(planView([planScope('Group a', { unmanaged: [resource('x'), resource('y')] })]))
  expect(text).toContain('2 unmanaged left alone')
})
