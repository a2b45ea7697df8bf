import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as rules from './architecture.ts'
import type { Sources } from './architecture.ts'

const root = join(import.meta.dirname, '..')

function read(folder: string): Sources {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => name.endsWith('.ts')).toSorted()
  return new Map(files.map((name) => [name.replaceAll(sep, '/'), readFileSync(join(root, folder, name), 'utf8')]))
}

const sandboxAtStart = (sources: Sources) => rules.reachedIn('sandbox', 'cli/main.ts', sources)

/** Each rule, with files that break it and files that do not: a rule that cannot fail guards nothing. */
const table: Readonly<
  Record<
    string,
    {
      readonly rule: (sources: Sources) => readonly string[]
      readonly files: Readonly<Record<string, string>>
      readonly broken: readonly string[]
    }
  >
> = {
  'a folder imports only what the table lets it': {
    rule: rules.forbiddenImports,
    files: {
      'core/diff.ts': "import type { Http } from '../atlassian/http.ts'",
      'core/plan.ts': "import { diff } from './diff.ts'",
      'cli/apply.ts': "export { plan } from '../core/plan.ts'\nexport * from '../sandbox/main.ts'",
      'report/text.ts': "type Http = import('../atlassian/http.ts').Http",
      'sandbox/main.ts': "import {\n  desire,\n} from '../core/desire.ts'",
    },
    broken: [
      'core/diff.ts -> atlassian/http.ts',
      'cli/apply.ts -> sandbox/main.ts',
      'report/text.ts -> atlassian/http.ts',
      'sandbox/main.ts -> core/desire.ts',
    ],
  },
  'a kind sees the core, the transport and itself, never another kind': {
    rule: rules.forbiddenImports,
    files: {
      'kinds/index.ts': "import { user } from './atlassian-user/index.ts'",
      'kinds/atlassian-user/index.ts':
        "import './api.ts'\nimport '../../core/kind.ts'\nimport '../../atlassian/error.ts'",
      'kinds/atlassian-group/index.ts': "import '../atlassian-user/api.ts'\nimport '../glob.ts'\nimport '../index.ts'",
      'kinds/glob.ts': "import './atlassian-user/api.ts'",
    },
    broken: [
      'kinds/atlassian-group/index.ts -> kinds/atlassian-user/api.ts',
      'kinds/atlassian-group/index.ts -> kinds/index.ts',
      'kinds/glob.ts -> kinds/atlassian-user/api.ts',
    ],
  },
  'the sandbox is loaded on demand by the command line alone': {
    rule: rules.forbiddenImports,
    files: {
      'cli/sandbox.ts': "const { start } = await import('../sandbox/main.ts')",
      'run/apply.ts': "const { start } = await import('../sandbox/main.ts')",
    },
    broken: ['run/apply.ts -> sandbox/main.ts'],
  },
  'starting the program does not load the sandbox': {
    rule: sandboxAtStart,
    files: {
      'cli/main.ts': "import './demo.ts'",
      'cli/demo.ts': "import { start } from '../sandbox/main.ts'\nawait import('../sandbox/seed.ts')",
    },
    broken: ['sandbox/main.ts'],
  },
  'every folder has a row in the table': {
    rule: rules.unknownFolders,
    files: { 'core/plan.ts': '', 'utils/strings.ts': '', 'index.ts': '', 'clock.ts': '' },
    broken: ['utils/strings.ts', 'index.ts'],
  },
  'the core is pure: few packages, no files, no network': {
    rule: rules.forbiddenPackages,
    files: {
      'core/schema.ts': "import 'typebox/value'\nimport 'ajv'\nimport 'node:fs'",
      'cli/main.ts': "import 'pino'",
    },
    broken: ['core/schema.ts -> node:fs'],
  },
  'no file imports itself by some way round, types included': {
    rule: rules.cycles,
    files: {
      'core/a.ts': "import type { B } from './b.ts'",
      'core/b.ts': "export * from './c.ts'",
      'core/c.ts': "import './a.ts'",
      'core/d.ts': "import './a.ts'",
    },
    broken: ['core/a.ts', 'core/b.ts', 'core/c.ts'],
  },
  'the clock, chance, the environment and the console have one owner each': {
    rule: rules.forbiddenGlobals,
    files: {
      'core/plan.ts': "// Date.now() is not called here\nconst text = 'process.env'\nconst at = new Date(0)",
      'core/apply.ts': "Date.now()\nnew Date()\nsetTimeout(run, 1)\nMath['random']()",
      'atlassian/http.ts': "import { setTimeout } from 'node:timers/promises'\nprocess.env['TOKEN']\nconsole.log(1)",
      'config.ts': 'process.env',
      'clock.ts': 'Date.now()\nsetTimeout(run, 1)',
      'cli/main.ts': 'console.log(1)',
    },
    broken: [
      'core/apply.ts: Date.now',
      'core/apply.ts: setTimeout',
      'core/apply.ts: new Date()',
      'core/apply.ts: Math.random',
      'atlassian/http.ts: process.env',
      'atlassian/http.ts: console.log',
      'atlassian/http.ts: node:timers/promises',
    ],
  },
  'a test replaces no module and waits for no clock': {
    rule: rules.forbiddenInTests,
    files: { 'core/plan.test.ts': "vi.mock('./diff.ts')\nvi.fn()\nawait new Promise((done) => setTimeout(done, 1))" },
    broken: ['core/plan.test.ts: vi.mock', 'core/plan.test.ts: setTimeout'],
  },
}

describe('the rules of the house', () => {
  const sources = read('src')
  const tests = read('test')
  for (const [name, { rule }] of Object.entries(table)) {
    test(name, () => expect(rule(sources)).toEqual([]))
  }
  test('the tests that cross folders replace no module and wait for no clock', () => {
    expect(rules.forbiddenInTests(tests)).toEqual([])
  })
  test('the tree was read', () => expect(sources.size).toBeGreaterThan(10))
})

describe('each rule can fail', () => {
  for (const [name, { rule, files, broken }] of Object.entries(table)) {
    test(name, () => expect(rule(new Map(Object.entries(files))).toSorted()).toEqual(broken.toSorted()))
  }
})
