import { describe, expect, test } from 'vitest'
import type { RoleMode, WorldSeed } from '../src/sandbox/world-seed.ts'
import { openAcme } from './command-line.builder.ts'
import { manifest, openLive, person, service, site, type LiveOptions } from './live-site.builder.ts'

interface Story {
  readonly world: Partial<WorldSeed>
  readonly provisioning?: LiveOptions['provisioning']
  /** Declarations one after another; each is applied twice, the second time with all that is held approved. */
  readonly turns: readonly (readonly string[])[]
  /** Operations that must have been called, or the story no longer tells what its name says. */
  readonly calls: readonly string[]
}

const roles = ['Viewer', 'Collaborator', 'Manager', 'Admin'].map((name) => ({
  id: `0f1e2d3c-0000-4000-8000-00000000000${name.length}`,
  name,
  permissions: name === 'Viewer' ? ['read/space'] : ['read/space', 'create/page', 'delete/page'],
}))

function confluence(mode: RoleMode): Partial<WorldSeed> {
  const admin = mode === 'ROLES' ? { role: 'Admin' } : { permissions: ['read/space', 'administer/space'] }
  const spaces = [{ id: '65537', key: 'FIN', name: 'Finance', access: [{ user: service.email, ...admin }] }]
  return {
    accounts: [person('ana')],
    groups: [{ id: 'group-devs', name: 'devs', members: ['ana@acme.com'] }],
    sites: [site({ confluence: { mode, roles: mode === 'PRE_ROLES' ? [] : roles, spaces } })],
  }
}

const user = (name: string, more = ''): string => manifest('AtlassianUser', name, `{ email: ${name}@acme.com${more} }`)
const group = manifest('AtlassianGroup', 'leads', '{ name: leads, description: Team leads, deletionPolicy: Delete }')
const grant = (granted: string): string =>
  manifest(
    'ConfluenceSpaceGrant',
    'finance',
    `{ site: acme, spaces: { keys: [FIN] }, ${granted}, authority: Authoritative, subjects: [{ group: devs }, { email: ana@acme.com }] }`,
  )
const crew = manifest(
  'AtlassianGroupMembership',
  'leads',
  '{ group: leads, authority: Authoritative, members: [{ email: ana@acme.com }] }',
)

const product = { key: 'confluence', defaultGroup: 'confluence-users-acme' }
const productGroup = {
  id: 'group-confluence',
  name: 'confluence-users-acme',
  appRoles: [{ product: 'confluence', site: 'acme', role: 'atlassian/user' }],
}
const withProduct = { groups: [productGroup], sites: [site({ products: [product] })] }

const stories: Readonly<Record<string, Story>> = {
  'a space before roles': {
    world: confluence('PRE_ROLES'),
    turns: [[grant('permissions: [create/page, create/comment]')], [grant('level: Viewer')], []],
    calls: ['addPermissionToSpace', 'removePermission', 'getSpacePermissionsAssignments'],
  },
  'a space on its way to roles': {
    world: confluence('ROLES_TRANSITION'),
    turns: [[grant('level: Contributor')], [grant('level: Viewer')], []],
    calls: ['setSpaceRoleAssignments', 'getSpaceRoleMode'],
  },
  'a space with roles': {
    world: confluence('ROLES'),
    turns: [[grant('level: Manager')], [grant('role: Viewer')], []],
    calls: ['setSpaceRoleAssignments', 'getSpaceRoleAssignments', 'getAvailableSpaceRoles'],
  },
  'people who are invited, suspended and restored': {
    world: withProduct,
    turns: [[user('ana', ', products: [confluence]')], [user('ana', ', state: Suspended')], [user('ana')]],
    calls: ['inviteUsers', 'suspendUserInDirectory', 'restoreUserInDirectory'],
  },
  'people whom SCIM makes, changes and closes': {
    world: { ...withProduct, scim: { directoryId: 'scim-1' } },
    provisioning: 'SCIM',
    turns: [
      [user('ana', ', displayName: Ana, title: Engineer, products: [confluence]')],
      [user('ana', ', displayName: Ana Ruiz, department: Payments')],
      [user('ana', ', displayName: Ana Ruiz, state: Deactivated')],
    ],
    calls: ['createAUserInAnActiveDirectory', 'patchUserInformationInAnActiveDirectory'],
  },
  'a group that comes with its members and goes': {
    world: { accounts: [person('ana')] },
    turns: [[group, crew], [group], []],
    calls: ['createGroup', 'addUserToGroup', 'deleteGroup'],
  },
  'managed accounts that are closed and opened': {
    world: { accounts: [{ ...person('ana'), managed: true }] },
    turns: [[user('ana', ', state: Deactivated')], [user('ana')]],
    calls: ['deactivateUser', 'activateUser'],
  },
  'an account that moves to another authentication policy': {
    world: {
      accounts: [{ ...person('ana'), managed: true }],
      authenticationPolicies: [
        { id: '0f1e2d3c-0000-4000-8000-000000000020', name: 'Staff', members: ['ana@acme.com'] },
        { id: '0f1e2d3c-0000-4000-8000-000000000021', name: 'Contractors', enforces: 'two-step' },
      ],
    },
    turns: [[user('ana', ', authenticationPolicyId: 0f1e2d3c-0000-4000-8000-000000000021')]],
    calls: ['APIs_bulkFetchAuthPolicy', 'APIs_addUsersToPolicy', 'APIs_getTaskStatus'],
  },
}

describe("what Roster sends and the sandbox answers is as Atlassian's description says", () => {
  test('in the story of the example company', async () => {
    const acme = await openAcme()
    try {
      const held: string[] = []
      for (const command of ['validate', 'plan', 'apply --yes', 'apply --yes', 'plan --json']) {
        acme.passTime(61_000)
        const { stdout } = await acme.run(command)
        if (command === 'plan --json') held.push(...digestsIn(stdout))
      }
      await acme.run('apply --yes', ...approving(held))
      acme.sandbox.world.removeMember('payments-developers', 'nadia.rahimi@acme.com')
      acme.passTime(61_000)
      for (const command of ['drift', 'apply --yes', 'get all']) await acme.run(command)
      expect(held).not.toEqual([])
    } finally {
      await acme.close()
    }
  })

  test.each(Object.entries(stories))('with %s', async (_, { world, provisioning = 'Invite', turns, calls }) => {
    const live = await openLive({ world, provisioning })
    try {
      for (const turn of turns) {
        live.declare(...turn)
        await live.apply()
        live.passTime(61_000)
        const { scopes } = await live.plan()
        await live.apply(...approving(scopes.filter(({ held }) => held.length > 0).map(({ digest }) => digest)))
      }
      const { entries } = live.sandbox.journal
      expect([...new Set(entries.map(({ operation }) => operation))]).toEqual(expect.arrayContaining([...calls]))
    } finally {
      await live.close()
    }
  })
})

const approving = (digests: readonly string[]): string[] => digests.flatMap((digest) => ['--approve', digest])

function digestsIn(plan: string): string[] {
  const { organizations } = JSON.parse(plan) as {
    readonly organizations: readonly {
      readonly scopes: readonly { readonly digest: string; readonly held: object[] }[]
    }[]
  }
  return organizations.flatMap(({ scopes }) => scopes.filter(({ held }) => held.length > 0).map(({ digest }) => digest))
}
