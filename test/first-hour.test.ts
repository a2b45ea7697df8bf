import { spawn, type SpawnOptions } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../src/sandbox/start-sandbox.ts'
import { parseWorldSeed } from '../src/sandbox/world-seed.ts'

const root = join(import.meta.dirname, '..')

interface Step {
  readonly title: string
  readonly commands: string
  /** Lines that are shown, in their order; `…` stands for others. */
  readonly shown: readonly string[]
}

/** Sections of docs/first-hour.md with a `shell` block, and what is shown below it. */
function stepsOf(page: string): readonly Step[] {
  return page.split(/^## /m).flatMap((section) => {
    const [, commands] = /^```shell\n(.*?)^```/ms.exec(section) ?? []
    const [, shown = ''] = /^```text\n(.*?)^```/ms.exec(section) ?? []
    const lines = shown.split('\n').filter((line) => line !== '' && line !== '…')
    return commands === undefined ? [] : [{ title: section.split('\n')[0]!, commands, shown: lines }]
  })
}

const steps = stepsOf(readFileSync(join(root, 'docs/first-hour.md'), 'utf8'))
const mark = '@@@'
let folder = ''
let sandbox: Sandbox
interface Done {
  readonly printed: string
  readonly ms: number
  /** To the sandbox, by the names of Atlassian's operations. */
  readonly writes: readonly string[]
}

let ran: readonly Done[] = []

/** One shell for all, as somebody would type it: `cd` and `export` last. It ends at the first command that fails. */
const scriptOf = (url: string): string =>
  steps.map(({ commands }) => `${commands.replaceAll('http://127.0.0.1:8080', url)}echo '${mark}'\n`).join('')

/** @throws Error with what was printed, where a command failed */
async function run(script: string, options: SpawnOptions): Promise<readonly Done[]> {
  const shell = spawn('bash', ['-euc', `exec 2>&1\n${script}`], { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  const done: Done[] = []
  let [printed, since] = ['', performance.now()]
  for await (const line of createInterface({ input: shell.stdout! })) {
    if (line !== mark) printed += `${line}\n`
    else {
      const writes = sandbox.journal.writes().map(({ operation }) => operation)
      done.push({ printed, ms: performance.now() - since, writes })
      sandbox.journal.clear()
      printed = ''
      since = performance.now()
    }
  }
  if (done.length < steps.length) throw new Error(`${steps[done.length]!.title} failed:\n${printed}`)
  return done
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roster-first-hour-'))
  for (const name of ['bin', 'clone']) mkdirSync(join(folder, name))
  symlinkSync(join(root, 'bin/roster.js'), join(folder, 'bin/roster'))
  cpSync(join(root, 'examples'), join(folder, 'clone/examples'), { recursive: true })
  sandbox = await startSandbox({ world: parseWorldSeed(readFileSync(join(root, 'examples/acme/world.yaml'), 'utf8')) })
  const env = {
    PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
    HOME: folder,
    GIT_AUTHOR_NAME: 'Ana',
    GIT_AUTHOR_EMAIL: 'ana@acme.com',
    GIT_COMMITTER_NAME: 'Ana',
    GIT_COMMITTER_EMAIL: 'ana@acme.com',
  }
  ran = await run(scriptOf(sandbox.url), { cwd: join(folder, 'clone'), env })
}, 300_000)

afterAll(async () => {
  const lines = steps.map(
    ({ title }, index) => `  ${((ran[index]?.ms ?? 0) / 1000).toFixed(1).padStart(5)} s  ${title}`,
  )
  const untilEmpty = ran.slice(0, 5).reduce((sum, { ms }) => sum + ms, 0)
  lines.push(`  ${(untilEmpty / 1000).toFixed(1).padStart(5)} s  from roster init to the first empty plan, in 5 steps`)
  process.stderr.write(`the first hour, on the example company:\n${lines.join('\n')}\n`)
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the steps from roster init to the first empty plan are five', () => {
  expect(steps.map(({ title }) => title).slice(0, 5)).toEqual([
    '2. The repository',
    '3. The secrets',
    '4. Would a run find all it needs?',
    '5. What there is, as manifests',
    '6. The first plan, which is empty',
  ])
})

test.each(steps.map(({ title }, index) => [title, index] as const))('%s: prints what the page shows', (_, index) => {
  const lines = ran[index]!.printed.split('\n').map((line) => line.trimEnd())
  const wanted = steps[index]!.shown
  // in their order: what is found is what is left of the printed lines
  let from = 0
  const found = wanted.filter((line) => {
    const at = lines.indexOf(line, from)
    if (at >= 0) from = at + 1
    return at >= 0
  })
  expect(found).toEqual(wanted)
})

test('nothing changes at Atlassian before the change is merged', () => {
  expect(ran.slice(0, -1).flatMap(({ writes }) => writes)).toEqual([])
  expect(ran.at(-1)!.writes).toEqual(['createGroup', 'addUserToGroup', 'setSpaceRoleAssignments'])
})
