import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openAcme, type Acme } from './command-line.builder.ts'

let acme: Acme
beforeEach(async () => {
  acme = await openAcme()
  // past the first run, so that only the bad file can hold a removal back
  await acme.run('apply', '--yes')
  acme.passTime(61_000)
  acme.sandbox.journal.clear()
})
afterEach(() => acme.close())

/** Account of Timo Brandt, who is in web-developers and declared nowhere. */
const timo = '712020:cb6e83b9-d0ad-4c6d-b031-1849c755939f'

const membership = (spec: string, name = 'bad') =>
  `apiVersion: roster.dev/v1alpha1\nkind: AtlassianGroupMembership\nmetadata:\n  name: ${name}\nspec:\n${spec}`
const binding = (spec: string) =>
  `apiVersion: roster.dev/v1alpha1\nkind: JiraRoleBinding\nmetadata:\n  name: bad\nspec:\n  site: acme\n${spec}`
/** Without a mistake Timo is taken out of it. */
const group = '  group: web-developers\n  authority: Additive\n'

interface Case {
  readonly text: string
  /** `CODE line:column`. */
  readonly found: string
  /** Removals that must not be made, those of the places that the text might claim; default: any. */
  readonly held?: RegExp
}

const cases: Record<string, Case> = {
  'an unknown field': {
    text: membership(`${group}  membres: []\n  members: []\n`),
    found: 'INVALID_SPEC 8:3',
    held: /memberships/,
  },
  'a wrong type': { text: membership(`${group}  members: nobody\n`), found: 'INVALID_SPEC 8:12', held: /memberships/ },
  'an unknown kind': {
    text: membership(`${group}  members: []\n`).replace('Membership', 'Membershp'),
    found: 'UNKNOWN_KIND 2:7',
  },
  'a duplicate object': {
    text: `${membership(`${group}  members: []\n`, 'twin')}---\n${membership(`${group}  members: []\n`, 'twin')}`,
    found: 'DUPLICATE_OBJECT',
    held: /memberships/,
  },
  'an unknown user': {
    text: membership(`${group}  members:\n    - email: nobody@acme.com\n`),
    found: 'UNKNOWN_USER 9:14',
    held: /timo/,
  },
  'a group that does not exist': {
    text: membership('  group: payments-developer\n  authority: Additive\n  members: []\n'),
    found: 'UNKNOWN_GROUP 6:10',
    held: /memberships/,
  },
  'a role that does not exist': {
    text: binding('  projects: { keys: [PAY] }\n  role: Developerz\n  authority: Additive\n  subjects: []\n'),
    found: 'UNKNOWN_ROLE 8:9',
    held: /project/,
  },
  'a YAML syntax error': { text: 'apiVersion: [roster.dev/v1alpha1\nkind: x\n', found: 'YAML_SYNTAX' },
  'an empty file': { text: '', found: 'EMPTY_FILE' },
  'a file of 10 MB': { text: `# ${'x'.repeat(10_000_000)}\n`, found: 'FILE_TOO_LARGE' },
  'an alias bomb': {
    text: `a: &a [${'x,'.repeat(9)}x]\n${'bcdefghi'
      .split('')
      .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}*${'abcdefgh'[index]}]`)
      .join('\n')}\n`,
    found: 'YAML_SYNTAX',
  },
  'tab indentation': { text: membership(`\tgroup: payments-developers\n`), found: 'YAML_SYNTAX 6:1' },
}

/** Applies with one more file in the declaration. */
async function applyWith(text: string) {
  const file = join(acme.access, 'teams/zz-more.yaml')
  writeFileSync(file, text)
  const { code, stdout } = await acme.run('apply', '--yes', '--json')
  rmSync(file)
  const { diagnostics, organizations } = JSON.parse(stdout) as {
    diagnostics: Found[]
    organizations: { diagnostics: Found[] }[]
  }
  const all = [...diagnostics, ...organizations.flatMap((each) => each.diagnostics)]
  const errors = all.filter(({ severity }) => severity === 'error')
  const removals = acme.sandbox.journal
    .writes()
    .filter(({ method }) => method === 'DELETE')
    .map(({ path }) => path.replace(encodeURIComponent(timo), 'timo'))
  return { code, errors, removals }
}

for (const [sentence, { text, found, held = /./ }] of Object.entries(cases)) {
  test(`${sentence}: a message with its position, the right exit code, nothing removed`, async () => {
    const ran = await applyWith(text)
    const said = ran.errors.map((each) => `${each.code} ${each.origin?.line}:${each.origin?.column}`)
    expect(said).toContainEqual(expect.stringContaining(found))
    expect(ran.errors.filter(({ origin }) => !origin?.file.endsWith('teams/zz-more.yaml'))).toEqual([])
    expect(ran.removals.filter((path) => held.test(path))).toEqual([])
    expect(ran.code).toBe(4)
  })
}

test('an unquoted date is a date, and nothing is held back', async () => {
  const members = '  members:\n    - { email: ana.ruiz@acme.com, expiresAt: 2027-03-31 }\n'
  const ran = await applyWith(membership(`${group}${members}`))
  expect(ran.errors).toEqual([])
  expect(ran.removals).toContainEqual(expect.stringContaining('timo'))
  expect(ran.removals).toContainEqual(expect.stringContaining('project'))
})

interface Found {
  readonly code: string
  readonly severity: string
  readonly origin?: { readonly file: string; readonly line?: number; readonly column?: number }
}
