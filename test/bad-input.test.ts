import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openAcme, type Acme } from './command-line.builder.ts'

let acme: Acme
beforeAll(async () => {
  acme = await openAcme()
  // past the first run, so that only the bad file can hold a removal back
  await acme.run('apply', '--yes')
  acme.passTime(61_000)
})
afterAll(() => acme.close())
beforeEach(() => acme.sandbox.journal.clear())

const membership = (spec: string, name = 'bad') =>
  `apiVersion: roster.dev/v1alpha1\nkind: AtlassianGroupMembership\nmetadata:\n  name: ${name}\nspec:\n${spec}`
const binding = (spec: string) =>
  `apiVersion: roster.dev/v1alpha1\nkind: JiraRoleBinding\nmetadata:\n  name: bad\nspec:\n  site: acme\n${spec}`
const group = '  group: payments-developers\n  authority: Additive\n'

interface Case {
  readonly text: string
  /** `CODE line:column`. */
  readonly found: string
  /** Of plan: 4 incomplete, or 0 where the text is good after all. */
  readonly code: number
}

const cases: Record<string, Case> = {
  'an unknown field': {
    text: membership(`${group}  membres: []\n  members: []\n`),
    found: 'INVALID_SPEC 8:3',
    code: 4,
  },
  'a wrong type': { text: membership(`${group}  members: nobody\n`), found: 'INVALID_SPEC 8:12', code: 4 },
  'an unknown kind': {
    text: membership(`${group}  members: []\n`).replace('Membership', 'Membershp'),
    found: 'UNKNOWN_KIND 2:7',
    code: 4,
  },
  'a duplicate object': {
    text: `${membership(`${group}  members: []\n`, 'twin')}---\n${membership(`${group}  members: []\n`, 'twin')}`,
    found: 'DUPLICATE_OBJECT',
    code: 4,
  },
  'an unknown user': {
    text: membership(`${group}  members:\n    - email: nobody@acme.com\n`),
    found: 'UNKNOWN_USER 9:14',
    code: 4,
  },
  'a group that does not exist': {
    text: membership('  group: payments-developer\n  authority: Additive\n  members: []\n'),
    found: 'UNKNOWN_GROUP 6:10',
    code: 4,
  },
  'a role that does not exist': {
    text: binding('  projects: { keys: [PAY] }\n  role: Developerz\n  authority: Additive\n  subjects: []\n'),
    found: 'UNKNOWN_ROLE 8:9',
    code: 4,
  },
  'a YAML syntax error': { text: 'apiVersion: [roster.dev/v1alpha1\nkind: x\n', found: 'YAML_SYNTAX', code: 4 },
  'an empty file': { text: '', found: 'EMPTY_FILE', code: 4 },
  'a file of 10 MB': { text: `# ${'x'.repeat(10_000_000)}\n`, found: 'FILE_TOO_LARGE', code: 4 },
  'an alias bomb': {
    text: `a: &a [${'x,'.repeat(9)}x]\n${'bcdefghi'
      .split('')
      .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}*${'abcdefgh'[index]}]`)
      .join('\n')}\n`,
    found: 'YAML_SYNTAX',
    code: 4,
  },
  'tab indentation': { text: membership(`\tgroup: payments-developers\n`), found: 'YAML_SYNTAX 6:1', code: 4 },
  'an unquoted date, which is good': {
    text: membership(`${group}  members:\n    - { email: ana.ruiz@acme.com, expiresAt: 2027-03-31 }\n`),
    found: '',
    code: 0,
  },
}

for (const [sentence, { text, found, code }] of Object.entries(cases)) {
  test(`${sentence}: a message with its position, the right exit code, nothing removed`, async () => {
    const file = join(acme.access, 'teams/zz-bad.yaml')
    writeFileSync(file, text)
    const ran = await acme.run('apply', '--yes', '--json')
    rmSync(file)
    const { diagnostics, organizations } = JSON.parse(ran.stdout) as {
      diagnostics: Found[]
      organizations: { diagnostics: Found[]; outcomes: { action: string }[] }[]
    }
    const all = [...diagnostics, ...organizations.flatMap((each) => each.diagnostics)].filter(
      ({ severity }) => severity === 'error',
    )
    const said = all.map((each) => `${each.code} ${each.origin?.line}:${each.origin?.column}`)
    const isGood = found === ''
    expect(isGood ? [''] : said).toContainEqual(isGood ? '' : expect.stringContaining(found))
    expect(all.every(({ origin }) => origin?.file.endsWith('teams/zz-bad.yaml'))).toBe(true)
    const removals = acme.sandbox.journal.writes().filter(({ method }) => method === 'DELETE')
    expect(isGood || removals.length === 0).toBe(true)
    expect(isGood ? [0, 3] : [code]).toContain(ran.code)
  })
}

interface Found {
  readonly code: string
  readonly severity: string
  readonly origin?: { readonly file: string; readonly line?: number; readonly column?: number }
}
