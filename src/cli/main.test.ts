import { expect, test } from 'vitest'
import { hasColor } from './io.ts'
import { acme, folder, roster, type Ran, type RunOptions } from './process.builder.ts'

interface Case {
  readonly argv: readonly string[]
  readonly options?: RunOptions
  readonly want: Partial<Record<keyof Ran, unknown>>
}

const containing = (text: string): unknown => expect.stringContaining(text)
const broken = '\nexit 1: error: the command could not do its work\n'

const cases: Readonly<Record<string, Case>> = {
  'without a command there is help': { argv: [], want: { code: 0, stdout: containing('Commands:'), stderr: '' } },
  'help begins with an example': {
    argv: ['plan', '--help'],
    want: { code: 0, stdout: expect.stringMatching(/^Example:\n {2}roster plan/) },
  },
  'help explains the exit codes': { argv: ['--help'], want: { stdout: containing('3  held by a guardrail') } },
  'a slip in a command is met with the command that was meant': {
    argv: ['vaildate'],
    want: { code: 1, stdout: '', stderr: containing('(Did you mean validate?)') },
  },
  'a slip in an option as well': {
    argv: ['plan', '--verbos'],
    want: { code: 1, stdout: '', stderr: containing('(Did you mean --verbose?)') },
  },
  'a path that is not there is an error': {
    argv: ['plan', 'nowhere'],
    options: { cwd: folder() },
    want: { code: 1, stdout: '', stderr: `nowhere error[FILE_UNREADABLE]: no such file or directory\n${broken}` },
  },
  'apply does not start where nobody can be asked': {
    argv: ['apply', '.'],
    want: {
      code: 1,
      stdout: '',
      stderr: `apply asks before it writes, and there is nobody to ask: add --yes${broken}`,
    },
  },
  'a credential that is not set is an error at the line that asks for it, without a stack': {
    argv: ['plan', 'access'],
    options: {
      cwd: acme({ 'keys/organization-api-key': '' }),
      env: {},
    },
    want: { code: 1, stderr: containing('access/organization.yaml:19:21 error[CREDENTIAL_MISSING]') },
  },
  'an approval needs a digest as the plan shows it, or a name that was applied': {
    argv: ['approve', 'everything', '--until', '1h'],
    want: { code: 1, stderr: containing('"everything" is neither a digest') },
  },
  'the approval of a digest needs an end': {
    argv: ['approve', '0123456789ab'],
    want: { code: 1, stderr: containing('--until is missing') },
  },
  'an approval cannot stand for ever': {
    argv: ['approve', '0123456789ab', '--until', '30d'],
    want: { code: 1, stderr: containing('an approval holds for a week at most') },
  },
  'a port that is none': {
    argv: ['sandbox', '--port', 'http'],
    want: { code: 1, stderr: containing('"http" is not a port') },
  },
  'an https port that is none': {
    argv: ['sandbox', '--port', '0', '--https-port', '65536'],
    want: { code: 1, stderr: containing('--https-port: "65536" is not a port') },
  },
  'a share of faults that is none': {
    argv: ['sandbox', '--port', '0', '--chaos', '5'],
    want: { code: 1, stderr: containing('--chaos: "5" is not a share') },
  },
  'a limit that there is not': {
    argv: ['sandbox', '--port', '0', '--limits', 'calls=5'],
    want: { code: 1, stderr: containing('"calls=5" is not a limit') },
  },
  'a file for an authority that nobody needs': {
    argv: ['sandbox', '--port', '0', '--ca', 'ca.pem'],
    want: { code: 1, stderr: containing('--ca: only with --https-port or --proxy-port') },
  },
  'an authority that cannot be written': {
    argv: ['sandbox', '--port', '0', '--https-port', '0', '--ca', '/nowhere/ca.pem'],
    want: { code: 1, stderr: containing("'/nowhere/ca.pem'") },
  },
  'a shell that is not known': {
    argv: ['completion', 'tcsh'],
    want: { code: 1, stderr: containing('Allowed choices are bash, zsh, fish') },
  },
  'the version is that of the package': {
    argv: ['--version'],
    want: { code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) },
  },
}

for (const [name, { argv, options, want }] of Object.entries(cases)) {
  test(name, async () => expect(await roster(argv, options)).toMatchObject(want))
}

const colors: Readonly<
  Record<string, readonly [Readonly<Record<string, string>>, boolean, readonly string[], boolean]>
> = {
  'a terminal has colours': [{}, true, [], true],
  'a pipe has none': [{}, false, [], false],
  'NO_COLOR takes them away': [{ NO_COLOR: '1' }, true, [], false],
  'an empty NO_COLOR does not': [{ NO_COLOR: '' }, true, [], true],
  'FORCE_COLOR gives them to a pipe': [{ FORCE_COLOR: '1' }, false, [], true],
  'FORCE_COLOR=0 takes them away': [{ FORCE_COLOR: '0' }, true, [], false],
  'a dumb terminal has none': [{ TERM: 'dumb' }, true, [], false],
  '--no-color wins over FORCE_COLOR': [{ FORCE_COLOR: '1' }, true, ['--no-color'], false],
}

for (const [name, [env, isTty, argv, want]] of Object.entries(colors)) {
  test(name, () => expect(hasColor(env, isTty, argv)).toBe(want))
}

test('a result is coloured for a terminal only', async () => {
  const options = { cwd: acme({ 'access/new.yaml': '' }) }
  const plain = await roster(['validate', 'access'], options)
  const bright = await roster(['validate', 'access'], { ...options, isTty: true })
  expect([plain.stdout.includes('\u001b['), bright.stdout.includes('\u001b[')]).toEqual([false, true])
})
