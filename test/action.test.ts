import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSandbox, type Sandbox } from '../src/cli/sandbox-server.ts'
import { action, actionDirectory, openCheckout, type Checkout, type Job, type Occasion } from './action.builder.ts'
import { startGitHub, type Forge } from './forge.builder.ts'

const root = join(import.meta.dirname, '..')
const example = (file: string): string => readFileSync(join(root, 'examples/acme', file), 'utf8')

let sandbox: Sandbox
let forge: Forge
let checkout: Checkout

const team = (...members: readonly string[]): string =>
  'apiVersion: roster.dev/v1alpha1\nkind: AtlassianGroupMembership\nmetadata: { name: web }\n' +
  `spec:\n  group: web-developers\n  authority: Additive\n  members:\n${members.map((each) => `    - email: ${each}\n`).join('')}`

const organization = (): string => example('access/organization.yaml').replaceAll('http://127.0.0.1:8080', sandbox.url)

beforeEach(async () => {
  sandbox = await openSandbox({ seed: example('world.yaml'), port: 0, host: '127.0.0.1' })
  forge = await startGitHub()
  checkout = openCheckout({ 'access/organization.yaml': organization(), 'access/team.yaml': team('ana.ruiz@acme.com') })
})
afterEach(async () => {
  await sandbox.close()
  await forge.close()
})

const run = (command: string, event: Occasion['event'], more: Readonly<Record<string, string>> = {}): Promise<Job> =>
  checkout.run({ event, inputs: { command, ...more } }, forge)

const bodies = (): readonly string[] => forge.comments.map(({ body }) => body)
const requests = (): number => sandbox.journal.entries.length
const has = (email: string): boolean =>
  sandbox.world.members('web-developers').includes(sandbox.world.account(email).accountId)

/** On a branch: `main` of the origin stays what was agreed to. */
function propose(files: Readonly<Record<string, string>>): void {
  const before = checkout.git('rev-parse', 'HEAD').trim()
  checkout.commit(files)
  checkout.git('push', '--quiet', '--force', 'origin', `${before}:main`)
}

describe('a pull request', { timeout: 300_000 }, () => {
  test('gets one comment with its plan, which the next run changes, whatever its branch is named', async () => {
    propose({ 'access/team.yaml': team('ana.ruiz@acme.com', 'dylan.murphy@acme.com') })
    const first = await run('plan', 'pull_request')
    expect({ ...first, log: '', summary: '' }).toMatchObject({ code: 0, outputs: { 'exit-code': '0' } })
    expect(bodies()).toEqual([first.summary.trimEnd()])
    expect(first.summary).toContain('d***@acme.com')
    expect(first.summary + first.log).not.toContain('dylan.murphy')
    propose({ 'access/team.yaml': team('ana.ruiz@acme.com') })
    const second = await run('plan', 'pull_request')
    expect(bodies()).toEqual([second.summary.trimEnd()])
    expect(second.summary).not.toBe(first.summary)
    expect(sandbox.journal.writes()).toEqual([])
    expect(existsSync(join(checkout.directory, 'pwned'))).toBe(false)
  })

  test('of a fork is checked for mistakes, with annotations, and nobody is asked anything', async () => {
    const fork = { event: 'pull_request', head: 'mallory/access', inputs: { command: 'plan' } } as const
    const good = await checkout.run(fork, forge)
    propose({ 'access/team.yaml': team('ana.ruiz@acme.com').replace('Additive', 'Additiv') })
    const bad = await checkout.run(fork, forge)
    expect([good.code, good.outputs['exit-code'], bad.code, requests(), forge.writes]).toEqual([0, '0', 1, 0, []])
    expect(good.log).toContain('No plan: GitHub gives no secrets to pull requests from forks.')
    expect(bad.log).toMatch(/^::error file=access\/team\.yaml,line=6,col=\d+,/m)
  })

  test('that sends the keys elsewhere gets no plan, and its comment names the line', async () => {
    const elsewhere = organization().replace(`api: ${sandbox.url}`, 'api: https://evil.example')
    propose({ 'access/organization.yaml': elsewhere })
    const { code, outputs } = await run('plan', 'pull_request')
    expect([code, outputs['exit-code'], requests()]).toEqual([1, '1', 0])
    expect(bodies()[0]).toContain('access/organization.yaml:12:3 error[CREDENTIALS_MOVED]')
  })

  test('is not commented where the token may not, and the plan is in the summary all the same', async () => {
    forge.refusal = 403
    const { code, log, summary } = await run('plan', 'pull_request')
    expect({ code, warned: log.includes('::warning title=Roster::The comment could not be written') }).toEqual({
      code: 0,
      warned: true,
    })
    expect(log).toContain('pull-requests: write')
    expect(summary).toContain('Roster plan for')
  })

  test.each(['apply', 'drift'])('is never what %s is run on', async (command) => {
    const { code, log } = await run(command, 'pull_request')
    expect([code, requests()]).toEqual([1, 0])
    expect(log).toMatch(/^::error title=Roster::\w+ is for what was merged/m)
  })

  test.each(['pull_request_target', 'workflow_run'] as const)(
    'is never met with secrets, as %s would',
    async (event) => {
      const { code, log } = await run('plan', event)
      expect([code, requests()]).toEqual([1, 0])
      expect(log).toContain(`does not run on ${event}`)
    },
  )
})

describe('what was merged', { timeout: 300_000 }, () => {
  test('is planned, and applied exactly by another job; the same plan is refused afterwards', async () => {
    checkout.commit({ 'access/team.yaml': team('dylan.murphy@acme.com') })
    const planned = await run('plan', 'push', { 'plan-file': 'plan.json' })
    expect([planned.code, has('dylan.murphy@acme.com'), forge.writes]).toEqual([0, false, []])
    checkout = checkout.fresh('plan.json')
    const applied = await run('apply', 'push', { 'plan-file': 'plan.json' })
    expect([applied.code, applied.outputs['exit-code'], has('dylan.murphy@acme.com')]).toEqual([0, '0', true])
    expect(applied.summary).toContain('1 added, 0 changed, 0 removed.')
    expect(checkout.git('ls-remote', 'origin')).toMatch(/\trefs\/roster\/state$/m)
    const writes = sandbox.journal.writes().length
    const again = await run('apply', 'push', { 'plan-file': 'plan.json' })
    expect([again.code, again.outputs['exit-code'], sandbox.journal.writes().length - writes]).toEqual([1, '1', 0])
    expect(again.log).toContain('plan.json does not fit any more')
  })

  test('what a runner with an empty disk gave is withdrawn by the next one', async () => {
    checkout.commit({ 'access/team.yaml': team('dylan.murphy@acme.com') })
    await run('apply', 'push')
    checkout.commit({ 'access/team.yaml': team('ana.ruiz@acme.com') })
    checkout = checkout.fresh()
    const { code } = await run('apply', 'push')
    expect([code, has('dylan.murphy@acme.com'), has('ana.ruiz@acme.com')]).toEqual([0, false, true])
  })

  test('drift opens an issue, keeps it, and closes it when it is gone', async () => {
    await run('apply', 'push')
    sandbox.world.removeMember('web-developers', 'ana.ruiz@acme.com')
    const found = await run('drift', 'schedule')
    const again = await run('drift', 'schedule')
    expect([found.code, found.outputs['exit-code'], again.code]).toEqual([0, '2', 0])
    expect(forge.issues).toMatchObject([{ title: 'Access of acme differs from the declaration', isOpen: true }])
    sandbox.world.addMember('web-developers', 'ana.ruiz@acme.com')
    expect((await run('drift', 'schedule')).outputs['exit-code']).toBe('0')
    expect(forge.issues.map(({ isOpen }) => isOpen)).toEqual([false])
  })

  test('a mistake fails the job, and its plan is in the summary', async () => {
    checkout.commit({ 'access/team.yaml': team('nobody@acme.com') })
    const { code, outputs, summary } = await run('plan', 'push')
    expect([code, outputs['exit-code']]).toEqual([4, '4'])
    expect(summary).toContain('UNKNOWN_USER')
  })

  test('a command that there is not is told', async () => {
    const { code, log } = await run('destroy', 'push')
    expect([code, log]).toEqual([1, '::error title=Roster::command is validate, plan, apply or drift, not destroy\n'])
  })
})

const workflow = readFileSync(join(root, 'examples/github/roster.yml'), 'utf8')
const uses = (text: string): readonly string[] => [...text.matchAll(/\buses: (\S+)/g)].map(([, what]) => what!)

test('what others wrote is pinned by commit, and no expression stands in a script', () => {
  const all = [...uses(readFileSync(join(actionDirectory, 'action.yml'), 'utf8')), ...uses(workflow)]
  expect(all.length).toBeGreaterThan(5)
  expect(all.filter((each) => !/@[0-9a-f]{40}$/.test(each))).toEqual([])
  const scripts = action.runs.steps.flatMap(({ run: script }) => script ?? [])
  expect(scripts.filter((script) => script.includes('${{'))).toEqual([])
})

test('each input is used, and each output comes from the step that runs', () => {
  const steps = JSON.stringify(action.runs.steps)
  expect(Object.keys(action.inputs).filter((name) => !steps.includes(`inputs.${name} `))).toEqual([])
  const values = Object.entries(action.outputs).map(([name, { value }]) => [name, value])
  expect(values).toEqual(values.map(([name]) => [name, `\${{ steps.run.outputs.${name} }}`]))
})

const installed = (command: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(join(directory, command)))

test.skipIf(!installed('shellcheck'))('shellcheck finds nothing in the script (skipped without shellcheck)', () => {
  expect(execFileSync('shellcheck', ['--format=gcc', join(actionDirectory, 'run.sh')], { encoding: 'utf8' })).toBe('')
})

/** Types of expressions, inputs of actions, permissions, names of events: https://github.com/rhysd/actionlint */
test.skipIf(!installed('actionlint'))('actionlint finds nothing in the workflow (skipped without actionlint)', () => {
  const repository = mkdtempSync(join(tmpdir(), 'roster-workflow-'))
  mkdirSync(join(repository, '.github/workflows'), { recursive: true })
  mkdirSync(join(repository, '.git'))
  // beside the action, so that its inputs are known
  cpSync(join(root, '.github/actions'), join(repository, '.github/actions'), { recursive: true })
  const local = workflow.replaceAll(/OWNER\/roster\/(\S+)@0{40}/g, './$1')
  expect(uses(local).filter((each) => each === './.github/actions/roster')).toHaveLength(5)
  writeFileSync(join(repository, '.github/workflows/roster.yml'), local)
  const argv = ['-no-color', '-oneline', '.github/workflows/roster.yml']
  const { stdout } = spawnSync('actionlint', argv, { cwd: repository, encoding: 'utf8' })
  expect(stdout).toBe('')
  writeFileSync(join(repository, '.github/workflows/roster.yml'), local.replace('command: plan', 'comand: plan'))
  expect(spawnSync('actionlint', argv, { cwd: repository, encoding: 'utf8' }).stdout).toContain(
    '"comand" is not defined',
  )
})
