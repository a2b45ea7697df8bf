import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { roster } from '../src/cli/process.builder.ts'
import { openSandbox } from '../src/cli/sandbox-server.ts'
import { openCheckout } from './action.builder.ts'

const example = (file: string): string => readFileSync(join(import.meta.dirname, '../examples/acme', file), 'utf8')

const team = (member: string): string =>
  'apiVersion: roster.dev/v1alpha1\nkind: AtlassianGroupMembership\nmetadata: { name: web }\n' +
  `spec: { group: web-developers, authority: Additive, members: [{ email: ${member} }] }\n`

test('a plan of a branch is applied with the same --repo, and refused once the branch says something else', async () => {
  const sandbox = await openSandbox({ seed: example('world.yaml'), port: 0, host: '127.0.0.1' })
  const checkout = openCheckout({
    'access/organization.yaml': example('access/organization.yaml').replaceAll(
      '../keys',
      join(import.meta.dirname, '../examples/acme/keys'),
    ),
    'access/team.yaml': team('ana.ruiz@acme.com'),
  })
  const cwd = mkdtempSync(join(tmpdir(), 'roster-saved-'))
  const there = ['--repo', join(checkout.directory, '../origin.git'), '--ref', 'main', '--path', 'access']
  const run = (command: string, ...flags: readonly string[]) =>
    roster([...command.split(' '), ...there, '--sandbox', sandbox.url, ...flags], {
      cwd,
      env: { PATH: process.env['PATH'] },
    })
  const { stdout } = await run('plan --out plan.json')
  expect(stdout).toContain(`Next: roster apply plan.json ${there.join(' ')} --sandbox ${sandbox.url}`)
  checkout.commit({ 'access/team.yaml': team('dylan.murphy@acme.com') })
  const refused = await run('apply plan.json --yes')
  expect(refused.stderr).toContain('the declaration  access/team.yaml has changed')
  expect([refused.code, sandbox.journal.writes()]).toEqual([1, []])
  await run('plan --out plan.json')
  expect((await run('apply plan.json --yes')).stdout).toContain('Applied: 1 added, 0 changed, 0 removed.')
  await sandbox.close()
}, 60_000)
