import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { openSandbox, type Sandbox } from '../src/cli/sandbox-server.ts'
import { openCheckout, type Checkout, type Job } from './action.builder.ts'
import { startGitLab, type Forge } from './forge.builder.ts'

const root = join(import.meta.dirname, '..')
const example = (file: string): string => readFileSync(join(root, 'examples', file), 'utf8')

interface JobText {
  readonly script: readonly string[]
  readonly rules: readonly { readonly if: string }[]
  readonly artifacts?: { readonly reports?: Readonly<Record<string, string>> }
  readonly environment?: object
}
const jobs = parse(example('gitlab/roster.gitlab-ci.yml')) as Readonly<Record<string, JobText>>

let sandbox: Sandbox
let forge: Forge
let checkout: Checkout
beforeEach(async () => {
  sandbox = await openSandbox({ seed: example('acme/world.yaml'), port: 0, host: '127.0.0.1' })
  forge = await startGitLab()
  const organization = example('acme/access/organization.yaml').replaceAll('http://127.0.0.1:8080', sandbox.url)
  checkout = openCheckout({ 'access/organization.yaml': organization, 'access/team.yaml': team('ana.ruiz@acme.com') })
})
afterEach(async () => {
  await sandbox.close()
  await forge.close()
})

const team = (member: string): string =>
  'apiVersion: roster.dev/v1alpha1\nkind: AtlassianGroupMembership\nmetadata: { name: web }\n' +
  `spec: { group: web-developers, authority: Additive, members: [{ email: ${member} }] }\n`

const run = (job: string): Promise<Job> => checkout.runScript(jobs[job]!.script, forge)
const has = (email: string): boolean =>
  sandbox.world.members('web-developers').includes(sandbox.world.account(email).accountId)

describe('the pipeline for GitLab', { timeout: 300_000 }, () => {
  test('checks a proposal without secrets, and leaves both reports where there are mistakes', async () => {
    checkout.commit({ 'access/team.yaml': team('ana.ruiz@acme.com').replace('Additive', 'Additiv') })
    const { code } = await run('roster-validate')
    expect([code, sandbox.journal.entries.length]).toEqual([1, 0])
    const reports = Object.values(jobs['roster-validate']!.artifacts!.reports!).map((file) =>
      readFileSync(join(checkout.directory, file), 'utf8'),
    )
    expect(reports.map((text) => text.includes('INVALID_SPEC'))).toEqual([true, true])
  })

  test('writes one note for a merge request, and none where the keys would go elsewhere', async () => {
    const { code, log } = await run('roster-plan')
    expect({ code, log }).toMatchObject({ code: 0, log: expect.stringContaining('1 written') as string })
    expect(forge.comments.map(({ body }) => body.includes('a***@acme.com'))).toEqual([true])
    const before = sandbox.journal.entries.length
    const agreed = checkout.git('rev-parse', 'HEAD').trim()
    checkout.commit({
      'access/other.yaml': example('acme/access/organization.yaml').replace('name: acme', 'name: other'),
    })
    checkout.git('push', '--quiet', '--force', 'origin', `${agreed}:main`)
    expect([(await run('roster-plan')).code, sandbox.journal.entries.length - before]).toEqual([1, 0])
  })

  test('applies what was merged exactly as it was proposed, from another machine, and once', async () => {
    checkout.commit({ 'access/team.yaml': team('dylan.murphy@acme.com') })
    expect([(await run('roster-propose')).code, has('dylan.murphy@acme.com')]).toEqual([0, false])
    checkout = checkout.fresh('plan.json')
    expect([(await run('roster-apply')).code, has('dylan.murphy@acme.com')]).toEqual([0, true])
    expect((await run('roster-apply')).code).toBe(1)
  })

  test('keeps an issue while there is drift', async () => {
    expect((await run('roster-drift')).code).toBe(0)
    expect(forge.issues.map(({ isOpen }) => isOpen)).toEqual([true])
    sandbox.world.addMember('web-developers', 'ana.ruiz@acme.com')
    expect((await run('roster-drift')).code).toBe(0)
    expect(forge.issues.map(({ isOpen }) => isOpen)).toEqual([false])
  })
})

test('no job of a fork has an environment, and with it secrets; what is applied was merged', () => {
  const conditions = Object.entries(jobs).flatMap(([name, { rules, environment }]) =>
    rules && environment ? rules.map((rule) => `${name}: ${rule.if}`) : [],
  )
  expect(conditions).toEqual([
    'roster-plan: $CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID',
    'roster-propose: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH',
    'roster-apply: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH',
    'roster-drift: $CI_PIPELINE_SOURCE == "schedule"',
  ])
})
