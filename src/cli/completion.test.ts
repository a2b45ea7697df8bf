import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { roster } from './process.builder.ts'

const has = (program: string): boolean => spawnSync(program, ['-c', 'true']).status === 0

/** What bash offers after these words. */
async function offered(words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await roster(['completion', 'bash'])
  const script = `${stdout}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _roster; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8', cwd: import.meta.dirname })
    .trim()
    .split('\n')
}

const completions: Readonly<Record<string, { readonly words: readonly string[]; readonly want: readonly string[] }>> = {
  'a command': { words: ['roster', 'va'], want: ['validate'] },
  'an option of the command': { words: ['roster', 'plan', '--det'], want: ['--detailed-exitcode'] },
  'what there is to get': { words: ['roster', 'get', 'sp'], want: ['spaces'] },
  'nothing but what there is to get, where nothing is typed yet': {
    words: ['roster', 'get', ''],
    want: ['accounts', 'groups', 'projects', 'spaces', 'roles', 'tokens', 'all'],
  },
  'a file': { words: ['roster', 'plan', 'completion.ts'], want: ['completion.ts'] },
}

for (const [name, { words, want }] of Object.entries(completions)) {
  test.skipIf(!has('bash'))(`bash completes ${name}`, async () => expect(await offered(words)).toEqual(want))
}

for (const shell of ['zsh', 'fish']) {
  test.skipIf(!has(shell))(`${shell} understands its script`, async () => {
    const { stdout } = await roster(['completion', shell])
    // in a file: fish reads no script from its input where that is no terminal
    const file = join(mkdtempSync(join(tmpdir(), 'roster-completion-')), `roster.${shell}`)
    writeFileSync(file, stdout)
    expect(spawnSync(shell, ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })
}

test('every shell is told every command', async () => {
  const commands = ['validate', 'plan', 'drift', 'apply', 'approve', 'get', 'doctor', 'sandbox', 'demo', 'completion']
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await roster(['completion', shell])
    expect(commands.filter((name) => !stdout.includes(name))).toEqual([])
  }
})
