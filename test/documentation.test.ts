import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { examples, runCommand, today } from './command-line.builder.ts'
import { startHeldSandbox } from './contract-run.builder.ts'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'

const root = join(import.meta.dirname, '..')
const pages = ['README.md', ...globSync('{docs,examples}/**/*.md', { cwd: root })].filter(
  (page) => commandsIn(page).length > 0,
)

/** Lines of the `sh` blocks that call the program, without their comments. */
function commandsIn(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = [...text.matchAll(/^```(?:sh|bash|console)\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block!.split('\n'),
  )
  return blocks
    .map((line) =>
      line
        .replace(/^\$ /, '')
        .replace(/\s+#.*$/, '')
        .trim(),
    )
    .filter((line) => /^(npx )?roster /.test(line))
    .map((line) => line.replace(/^(npx )?roster /, ''))
}

/** The sandbox of a page is the one of the test; nobody is there to be asked; elsewhere state is kept beside the copy. */
function forTest(command: string, url: string): readonly string[] {
  const words = command.split(/\s+/)
  const live = ['plan', 'apply', 'drift', 'get'].includes(words[0]!) && !words.includes('--sandbox')
  return [
    ...words,
    ...(live ? ['--sandbox', url] : []),
    ...(words[0] === 'apply' && !words.includes('--yes') ? ['--yes'] : []),
  ]
}

test('there are pages with commands', () => expect(pages).toContain('README.md'))

test.each(pages)('each command of %s works, one after the other', { timeout: 60_000 }, async (page) => {
  const cwd = mkdtempSync(join(tmpdir(), 'roster-page-'))
  cpSync(examples, join(cwd, 'examples'), { recursive: true })
  const world = parseWorldSeed(readFileSync(join(cwd, 'examples/acme/world.yaml'), 'utf8'))
  const sandbox = await startHeldSandbox({ world, now: () => today })
  const failed: string[] = []
  for (const command of commandsIn(page).filter((each) => !each.startsWith('sandbox') && !each.startsWith('demo'))) {
    const argv = forTest(command.replaceAll('http://127.0.0.1:8080', sandbox.url), sandbox.url)
    const { code, stderr } = await runCommand(argv, { cwd })
    // 2: changes, 3: held by a guardrail. Both are what the pages say.
    if (![0, 2, 3].includes(code)) failed.push(`${command}: exit ${code}\n${stderr}`)
  }
  await sandbox.close()
  rmSync(cwd, { recursive: true, force: true })
  expect(failed).toEqual([])
})
