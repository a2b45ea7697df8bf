import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'
import { examples, runCommand, today } from './command-line.builder.ts'
import { startHeldSandbox } from './contract-run.builder.ts'
import { openImport } from './import.builder.ts'
import { worlds } from './import-worlds.builder.ts'

const page = readFileSync(join(import.meta.dirname, '../docs/import.md'), 'utf8')

test('docs/import.md shows what its command prints', { timeout: 60_000 }, async () => {
  const [, command, shown] = /```sh\nroster (.*)\n```\n\n```\n(.*?)```/s.exec(page)!
  const cwd = mkdtempSync(join(tmpdir(), 'roster-import-page-'))
  cpSync(examples, join(cwd, 'examples'), { recursive: true })
  const world = parseWorldSeed(readFileSync(join(cwd, 'examples/acme/world.yaml'), 'utf8'))
  const sandbox = await startHeldSandbox({ world, now: () => today })
  const argv = command!.replace('http://127.0.0.1:8080', sandbox.url).split(' ')
  const { code, stdout } = await runCommand(argv, { cwd })
  expect({ code, stdout }).toEqual({ code: 0, stdout: shown })
  await sandbox.close()
  rmSync(cwd, { recursive: true, force: true })
})

test('docs/import.md says what a first import of the example company declares', async () => {
  const [, declared, total] = /the first import of the same company declares (\d+) of the (\d+)/.exec(page)!
  const estate = await openImport({ world: worlds['the example company Acme']!() })
  const { stdout } = await estate.import('--no-check')
  expect(stdout).toContain(`of ${total} grants declared (${declared}).`)
  await estate.close()
})

const layouts = ['team', 'project', 'space', 'kind'] as const

test.each(layouts)('docs/import.md names the files that --by %s writes', async (layout) => {
  const [, row] = new RegExp(`^\\| \`${layout}\` +\\| (.*) \\|$`, 'm').exec(page)!
  const named = [...row!.matchAll(/`([a-z]+\/|[a-z]+\.yaml)/g)].map(([, name]) => name!)
  const estate = await openImport({ world: worlds['the example company Acme']!() })
  await estate.import('--no-check', '--by', layout)
  const written = new Set(Object.keys(estate.files()).map((path) => path.replace(/\/.*/, '/')))
  expect([...written].toSorted()).toEqual([...new Set(named)].toSorted())
  await estate.close()
})
