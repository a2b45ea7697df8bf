import { expect, test } from 'vitest'
import { exampleWorld } from './example-world.builder.ts'
import { call } from './sandbox-client.builder.ts'
import { withSandbox } from './story.builder.ts'
import type { WorldSeed } from './world-seed.ts'

const api = '/rest/api/3'
const developers = `${api}/project/PAY/role/10001`

/** Each with a token of its own: what they are is what they may do. */
const people = {
  'an administrator of the organization': '712020:svc',
  'an administrator of the site': '712020:hid',
  'an administrator of Jira': '712020:out',
  'an administrator of the project PAY': '712020:ana',
  'somebody with a role in the private project': '712020:dev',
  'somebody without any': '712020:any',
} as const
type Who = keyof typeof people

function world(): WorldSeed {
  const seed = exampleWorld()
  const email = (id: string) => `${id.slice('712020:'.length)}@acme.com`
  const added = ['712020:dev', '712020:any'].map((id) => ({ id, email: email(id), name: id }))
  const accounts = [...seed.accounts, ...added].map((account) => ({
    ...account,
    ...(account.id === '712020:hid' ? { platformRoles: ['atlassian/site-admin'] } : {}),
  }))
  const admins = {
    id: 'jira-admins',
    name: 'jira-admins',
    members: ['712020:out'],
    appRoles: [{ product: 'jira-software', site: 'acme', role: 'atlassian/admin' }],
  }
  const tokens = accounts.flatMap(({ id, email: address }) =>
    address ? [{ name: id, email: address, token: id }] : [],
  )
  return {
    ...seed,
    accounts,
    groups: [...seed.groups, admins],
    credentials: { ...seed.credentials, apiTokens: tokens },
    sites: seed.sites.map((site) => ({ ...site, jira: { ...site.jira!, projects: projects(site.jira!.projects) } })),
  }
}

function projects(seeds: NonNullable<WorldSeed['sites'][number]['jira']>['projects']) {
  const [pay, ...others] = seeds
  const administrators = { Administrators: { users: ['712020:ana'] }, Developers: { users: [] } }
  const secret = { id: '10009', key: 'SECRET', name: 'Secret', private: true }
  return [
    { ...pay!, roles: administrators },
    ...others,
    { ...secret, roles: { Developers: { users: ['712020:dev'] } } },
  ]
}

const rulers: readonly Who[] = [
  'an administrator of the organization',
  'an administrator of the site',
  'an administrator of Jira',
]
const [organizationAdmin, siteAdmin] = rulers as [Who, Who]
const everybody = Object.keys(people) as Who[]

interface Rule {
  readonly call: string
  readonly body?: unknown
  readonly allowed: readonly Who[]
  readonly status: number
  /** Of everybody else. */
  readonly refused: number
}

const rules: Readonly<Record<string, Rule>> = {
  'reading a project role': {
    call: `GET ${developers}`,
    allowed: [...rulers, 'an administrator of the project PAY'],
    status: 200,
    refused: 404,
  },
  'adding to a project role': {
    call: `POST ${developers}`,
    body: { user: ['712020:svc'] },
    allowed: [...rulers, 'an administrator of the project PAY'],
    status: 200,
    refused: 404,
  },
  'replacing a project role': {
    call: `PUT ${developers}`,
    body: { categorisedActors: {} },
    allowed: [...rulers, 'an administrator of the project PAY'],
    status: 200,
    refused: 404,
  },
  'reading the details of roles': {
    call: `GET ${api}/project/PAY/roledetails`,
    allowed: [...rulers, 'an administrator of the project PAY'],
    status: 200,
    refused: 404,
  },
  'listing the roles of a project, for who administers any': {
    call: `GET ${api}/project/OLD/role`,
    allowed: [...rulers, 'an administrator of the project PAY'],
    status: 200,
    refused: 404,
  },
  'seeing a private project': {
    call: `GET ${api}/project/SECRET`,
    allowed: [...rulers, 'somebody with a role in the private project'],
    status: 200,
    refused: 404,
  },
  'finding a private project': {
    call: `GET ${api}/project/search?keys=SECRET`,
    allowed: [...rulers, 'somebody with a role in the private project'],
    status: 200,
    refused: 404,
  },
  'finding a project to edit': {
    call: `GET ${api}/project/search?keys=PAY&action=edit`,
    allowed: [...rulers, 'an administrator of the project PAY'],
    status: 200,
    refused: 404,
  },
  'seeing a project': { call: `GET ${api}/project/PAY`, allowed: everybody, status: 200, refused: 404 },
  'listing global roles': { call: `GET ${api}/role`, allowed: rulers, status: 200, refused: 403 },
  'changing a global role': {
    call: `POST ${api}/role/10001/actors`,
    body: { user: ['712020:svc'] },
    allowed: rulers,
    status: 200,
    refused: 403,
  },
  'reading the seats': { call: `GET ${api}/applicationrole`, allowed: rulers, status: 200, refused: 403 },
  'creating a group': {
    call: `POST ${api}/group`,
    body: { name: 'readers' },
    allowed: [organizationAdmin, siteAdmin],
    status: 201,
    refused: 403,
  },
  'adding to a group': {
    call: `POST ${api}/group/user?groupname=pay-devs`,
    body: { accountId: '712020:svc' },
    allowed: [organizationAdmin, siteAdmin],
    status: 201,
    refused: 403,
  },
  'removing a user': {
    call: `DELETE ${api}/user?accountId=712020:leo`,
    allowed: [organizationAdmin, siteAdmin],
    status: 204,
    refused: 403,
  },
  'inviting a user': {
    call: `POST ${api}/user`,
    body: { emailAddress: 'zoe@acme.com', products: [] },
    allowed: [organizationAdmin],
    status: 201,
    refused: 403,
  },
}

function asPerson(who: Who): string {
  const seed = world()
  const token = seed.credentials.apiTokens?.find(({ name }) => name === people[who])
  return `Basic ${Buffer.from(`${token?.email}:${token?.token}`).toString('base64')}`
}

test.each(Object.entries(rules))('%s is for those who may', async (_, { call: line, body, ...rule }) => {
  for (const who of everybody) {
    // each in a world of its own: one who may changes it
    await withSandbox({ world: world() }, async (sandbox) => {
      const { status } = await call(sandbox, line, body, asPerson(who))
      expect({ who, status }).toEqual({ who, status: rule.allowed.includes(who) ? rule.status : rule.refused })
    })
  }
})

/** `ADMINISTER, SYSTEM_ADMIN, ADMINISTER_PROJECTS`, and the last one in PAY and in TEAM. */
const held: Readonly<Record<Who, string>> = {
  'an administrator of the organization': 'yes yes yes no yes',
  'an administrator of the site': 'yes yes no no no',
  'an administrator of Jira': 'yes no no no no',
  'an administrator of the project PAY': 'no no yes yes no',
  'somebody with a role in the private project': 'no no no no no',
  'somebody without any': 'no no no no no',
}

test.each(Object.entries(held))('mypermissions tells %s the truth', async (who, answers) => {
  await withSandbox({ world: world() }, async (sandbox) => {
    const has = async (key: string, more = '') => {
      const line = `GET ${api}/mypermissions?permissions=${key}${more}`
      const { body } = await call(sandbox, line, undefined, asPerson(who as Who))
      return (body as { permissions: Record<string, { havePermission: boolean }> }).permissions[key]?.havePermission
    }
    const told = [
      await has('ADMINISTER'),
      await has('SYSTEM_ADMIN'),
      await has('ADMINISTER_PROJECTS'),
      await has('ADMINISTER_PROJECTS', '&projectKey=PAY'),
      await has('ADMINISTER_PROJECTS', '&projectId=10001'),
    ]
    expect(told.map((yes) => (yes === true ? 'yes' : 'no')).join(' ')).toBe(answers)
  })
})

test('a permission that is none, and a project that may not be seen, are refused', async () => {
  await withSandbox({ world: world() }, async (sandbox) => {
    const any = asPerson('somebody without any')
    const asked = (query: string) => call(sandbox, `GET ${api}/mypermissions?${query}`, undefined, any)
    expect((await asked('permissions=BROWSE_PROJECTS,NONE')).status).toBe(400)
    expect((await asked('permissions=BROWSE_PROJECTS&projectKey=SECRET')).status).toBe(404)
    expect((await asked('permissions=BROWSE_PROJECTS&projectKey=PAY')).status).toBe(200)
  })
})
