import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { parseWorldSeed, type RoleMode, type SpaceAccessSeed } from '../src/sandbox/world-seed.ts'
import { runCommand, today } from './command-line.builder.ts'
import { startHeldSandbox } from './contract-run.builder.ts'

/** The manifest, the commands and the output of docs/confluence.md, on a site of each permission model. */
const page = readFileSync(join(import.meta.dirname, '../docs/confluence.md'), 'utf8')
const manifest = /^```yaml\n([\s\S]*?)^```/m.exec(page)![1]!

/** The `text` block below the heading. */
function outputBelow(heading: string): string {
  const section = page.split(/^(?=#{2,3} )/m).find((each) => each.startsWith(`### ${heading}\n`)) ?? ''
  return /^```text\n([\s\S]*?)^```/m.exec(section)?.[1] ?? ''
}

const roles = [
  { id: 'role-viewer', name: 'Viewer', permissions: ['read/space'] },
  { id: 'role-collaborator', name: 'Collaborator', permissions: ['read/space', 'create/page', 'create/comment'] },
  { id: 'role-admin', name: 'Admin', permissions: ['read/space', 'administer/space'] },
]
const kept: SpaceAccessSeed = { accessClass: 'anonymous-users', permissions: ['read/space'] }

interface Site {
  readonly mode: RoleMode
  readonly before: readonly SpaceAccessSeed[]
  /** Of whoever is declared. */
  readonly after: string | readonly string[]
  readonly others: readonly SpaceAccessSeed[]
}

const permissions = [
  'create/attachment',
  'create/blogpost',
  'create/comment',
  'create/page',
  'delete/space',
  'read/space',
]
const admin = (mode: RoleMode): SpaceAccessSeed =>
  mode === 'ROLES'
    ? { user: 'svc@acme.com', role: 'Admin' }
    : { user: 'svc@acme.com', permissions: ['read/space', 'administer/space'] }
const everybody: SpaceAccessSeed = { accessClass: 'all-licensed-users', role: 'Viewer' }

const sites: Readonly<Record<string, Site>> = {
  'Before roles': {
    mode: 'PRE_ROLES',
    before: [{ group: 'finance', permissions: ['read/space', 'export/space'] }],
    after: permissions,
    others: [kept],
  },
  'In transition': {
    mode: 'ROLES_TRANSITION',
    before: [{ group: 'finance', role: 'Viewer' }],
    after: 'Collaborator',
    others: [kept, everybody],
  },
  'With roles': {
    mode: 'ROLES',
    before: [{ group: 'finance', role: 'Viewer' }],
    after: 'Collaborator',
    others: [everybody],
  },
}

const organization = `apiVersion: roster.dev/v1alpha1
kind: AtlassianOrganization
metadata: { name: acme }
spec:
  organizationId: organization-1
  directoryId: directory-1
  sites: [{ name: acme, url: https://acme.atlassian.net }]
  provisioning: { method: Invite }
  credentials:
    organization: { valueFrom: { file: ../organization-key } }
    sites: [{ site: acme, apiToken: { email: svc@acme.com, valueFrom: { file: ../api-token } } }]
`

const worldOf = ({ mode, before, others }: Site) =>
  parseWorldSeed(
    JSON.stringify({
      organization: {
        id: 'organization-1',
        name: 'Acme',
        directory: { id: 'directory-1', name: 'Primary' },
        verifiedDomains: ['acme.com'],
      },
      credentials: {
        organizationApiKeys: [{ name: 'roster', key: 'organization-key' }],
        apiTokens: [{ name: 'svc', email: 'svc@acme.com', token: 'api-token' }],
      },
      accounts: [
        { id: '712020:svc', email: 'svc@acme.com', name: 'Service', platformRoles: ['atlassian/site-admin'] },
        { id: '712020:ana', email: 'ana@acme.com', name: 'Ana Ruiz' },
      ],
      groups: [{ id: 'group-finance', name: 'finance', members: [] }],
      sites: [
        {
          name: 'acme',
          cloudId: 'cloud-1',
          products: [],
          confluence: {
            mode,
            companionPermissions: true,
            roles: mode === 'PRE_ROLES' ? [] : roles,
            spaces: [{ id: '65537', key: 'FIN', name: 'Finance', access: [admin(mode), ...before, ...others] }],
          },
        },
      ],
    }),
  )

let close = async (): Promise<void> => {}
afterEach(() => close())

async function open(site: Site) {
  const root = mkdtempSync(join(tmpdir(), 'roster-spaces-'))
  mkdirSync(join(root, 'access'))
  writeFileSync(join(root, 'access/organization.yaml'), organization)
  writeFileSync(join(root, 'access/finance.yaml'), manifest)
  for (const name of ['organization-key', 'api-token']) writeFileSync(join(root, name), name)
  let nowMs = today
  const clock = { now: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) }
  const sandbox = await startHeldSandbox({ world: worldOf(site), now: clock.now })
  close = async () => {
    rmSync(root, { recursive: true, force: true })
    await sandbox.close()
  }
  const run = async (command: string) => {
    const argv = [...command.split(' '), '--sandbox', sandbox.url]
    return runCommand(argv, { clock, cwd: root })
  }
  return { sandbox, run, passTime: (ms: number) => void (nowMs += ms) }
}

type Opened = Awaited<ReturnType<typeof open>>

const accessIn = ({ sandbox }: Opened): readonly SpaceAccessSeed[] =>
  sandbox.world.export().sites[0]?.confluence?.spaces[0]?.access ?? []
const givenTo = (opened: Opened, name: string): string | readonly string[] | undefined => {
  const found = accessIn(opened).find(({ group, user }) => group === name || user === name)
  return found?.role ?? found?.permissions?.toSorted()
}

type Missing = Parameters<Opened['sandbox']['world']['setMissing']>[1]

/** Calls but the one for the cloud id, which has no credential and no budget. */
const calls = ({ sandbox }: Opened) => sandbox.journal.entries.filter(({ operation }) => operation !== 'getTenantInfo')

async function announcedAndMade({ run }: Opened): Promise<readonly number[]> {
  const { stdout } = await run('plan access --json')
  const { organizations } = JSON.parse(stdout) as { organizations: { reads: { announced: number; made: number } }[] }
  const { announced, made } = organizations[0]!.reads
  return [announced, made]
}

describe.each(Object.entries(sites))('%s', (name, site) => {
  test('the same manifest brings the space in step, and a second plan is empty', async () => {
    const opened = await open(site)
    expect((await opened.run('apply access --yes')).code).toBe(0)
    expect({ finance: givenTo(opened, 'finance'), ana: givenTo(opened, 'ana@acme.com') }).toEqual({
      finance: site.after,
      ana: site.after,
    })
    expect(accessIn(opened)).toEqual(expect.arrayContaining([admin(site.mode), ...site.others]))
    opened.passTime(61_000)
    expect((await opened.run('plan access --detailed-exitcode')).code).toBe(0)
  })

  test('the page shows what the commands print', async () => {
    const opened = await open(site)
    let shown = ''
    for (const command of ['apply access --yes', 'plan access --detailed-exitcode']) {
      const { stdout } = await opened.run(command)
      shown += `$ roster ${command}\n${stdout.replaceAll(` --sandbox ${opened.sandbox.url}`, '')}\n`
      opened.passTime(61_000)
    }
    expect(outputBelow(name).trim()).toBe(shown.trim())
  })

  test('as many reads are announced as are made', async () => {
    const opened = await open(site)
    expect(await announcedAndMade(opened)).toEqual([calls(opened).length, calls(opened).length])
  })
})

const halves: Readonly<Record<string, { readonly of: string; readonly missing: Missing; readonly probe: object }>> = {
  'its list of roles is not there, whatever its mode': {
    of: 'In transition',
    missing: ['roles'],
    probe: { getSpaceRoleMode: 200, getAvailableSpaceRoles: 404 },
  },
  'its mode is not told, and it has roles': {
    of: 'With roles',
    missing: ['role-mode'],
    probe: { getSpaceRoleMode: 404, getAvailableSpaceRoles: 200 },
  },
  'its mode is not told, and it has no roles': {
    of: 'Before roles',
    missing: ['role-mode'],
    probe: { getSpaceRoleMode: 404, getAvailableSpaceRoles: 404 },
  },
}

test.each(Object.entries(halves))('a site is asked for both, and the reads announced: %s', async (_, each) => {
  const opened = await open(sites[each.of]!)
  opened.sandbox.world.setMissing('acme', each.missing)
  const counts = await announcedAndMade(opened)
  const asked = opened.sandbox.journal.entries.map(({ operation, status }) => [operation, status] as const)
  expect(Object.fromEntries(asked.filter(([operation]) => /SpaceRole(Mode|s)$/.test(operation ?? '')))).toEqual(
    each.probe,
  )
  expect(counts).toEqual([calls(opened).length, calls(opened).length])
})

test('single permissions are read again after each write but the last of a holder who goes', async () => {
  const opened = await open(sites['Before roles']!)
  opened.sandbox.journal.clear()
  await opened.run('apply access --yes')
  const operations = opened.sandbox.journal.entries.map(({ operation }) => operation)
  const [write, read] = [['addPermissionToSpace', 'removePermission'], 'getSpacePermissionsAssignments']
  const written = operations.flatMap((each, index) => (write.includes(each ?? '') ? [operations[index + 1]] : []))
  expect(written.length).toBeGreaterThan(10)
  expect(written.filter((next) => next !== read)).toEqual([])
})
