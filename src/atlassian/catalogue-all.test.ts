import { describe, expect, test } from 'vitest'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { RemoteError } from '../core/remote-error.ts'
import { readEstate, type EstateOptions } from './catalogue-all.ts'

const site = {
  'GET /rest/api/3/project/search': {
    values: [{ id: '1', key: 'PAY', name: 'Payments', projectTypeKey: 'software', style: 'next-gen' }],
    isLast: true,
  },
  'GET /rest/api/3/project/{projectIdOrKey}/roledetails': [
    { id: 10, name: 'Administrators' },
    { id: 11, name: 'Viewers' },
  ],
  'GET /rest/api/3/project/{projectIdOrKey}/role/{id}': {
    actors: [
      { displayName: 'Ana', type: 'atlassian-user-role-actor', actorUser: { accountId: '712020:1' } },
      { displayName: 'devs', type: 'atlassian-group-role-actor', actorGroup: { groupId: 'g1', name: 'devs' } },
      { displayName: 'Something new' },
    ],
  },
  'GET /wiki/api/v2/space-role-mode': { mode: 'ROLES_TRANSITION' },
  'GET /wiki/api/v2/space-roles': { results: [{ id: 'r1', name: 'Viewer' }], _links: {} },
  'GET /wiki/api/v2/spaces': {
    results: [{ id: '7', key: 'FIN', name: 'Finance', type: 'global', status: 'current' }],
    _links: {},
  },
  'GET /wiki/api/v2/spaces/{id}/permissions': {
    results: [
      {
        id: 'p1',
        principal: { type: 'access-class', id: 'anonymous-users' },
        operation: { key: 'read', targetType: 'space' },
      },
    ],
    _links: {},
  },
  'GET /wiki/api/v2/spaces/{id}/role-assignments': {
    results: [{ principal: { principalType: 'GROUP', principalId: 'g1' }, roleId: 'r1' }],
    _links: {},
  },
}

function readerOf(answers: Readonly<Record<string, unknown>>): Reader & { readonly asked: ApiRequest[] } {
  const asked: ApiRequest[] = []
  return {
    asked,
    read: async <Body>(call: ApiRequest) => {
      asked.push(call)
      const request = `${call.method} ${call.path}`
      const answer = answers[request] ?? 404
      if (typeof answer === 'number') throw new RemoteError({ request, status: answer, effect: 'refused' })
      return answer as Body
    },
  }
}

const options: EstateOptions = {
  known: {},
  declaredDefaultGroups: {},
  sites: ['acme'],
  provisioningMethod: 'Invite',
  parts: new Set(['projects', 'spaces']),
}
const readSite = async (answers: Readonly<Record<string, unknown>>) =>
  (await readEstate(readerOf(answers), options)).sites[0]!

describe('readEstate', () => {
  test('shows projects with every role and actor, also of a kind that is not known', async () => {
    const actors = [
      { type: 'user', id: '712020:1', name: 'Ana' },
      { type: 'group', id: 'g1', name: 'devs' },
      { type: 'unknown', id: '', name: 'Something new' },
    ]
    expect((await readSite(site)).projects).toEqual([
      {
        id: '1',
        key: 'PAY',
        name: 'Payments',
        type: 'software',
        teamManaged: true,
        roles: [
          { id: '10', name: 'Administrators', actors },
          { id: '11', name: 'Viewers', actors },
        ],
      },
    ])
  })

  test('shows spaces with single permissions and with roles', async () => {
    expect((await readSite(site)).spaces).toEqual({
      mode: 'ROLES_TRANSITION',
      roles: [{ id: 'r1', name: 'Viewer' }],
      spaces: [
        {
          id: '7',
          key: 'FIN',
          name: 'Finance',
          type: 'global',
          status: 'current',
          permissions: [{ principalType: 'access-class', principalId: 'anonymous-users', permission: 'read/space' }],
          assignments: [{ principalType: 'group', principalId: 'g1', roleId: 'r1' }],
        },
      ],
    })
  })

  const modes: Record<string, { mode: unknown; without: string }> = {
    'a site without roles is not asked for them': { mode: { mode: 'PRE_ROLES' }, without: 'role-assignments' },
    'a site with roles only is not asked for single permissions': { mode: { mode: 'ROLES' }, without: 'permissions' },
  }
  test.each(Object.entries(modes))('%s', async (_, { mode, without }) => {
    const reader = readerOf({ ...site, 'GET /wiki/api/v2/space-role-mode': mode })
    const { sites } = await readEstate(reader, options)
    expect(reader.asked.map(({ path }) => path)).not.toContain(`/wiki/api/v2/spaces/{id}/${without}`)
    expect(sites[0]!.spaces).toMatchObject({ spaces: [{ key: 'FIN' }] })
  })

  test('a site that says it has roles and answers 404 for them is a site before roles', async () => {
    const { spaces } = await readSite({ ...site, 'GET /wiki/api/v2/space-roles': 404 })
    expect(spaces).toMatchObject({ mode: 'PRE_ROLES', roles: [], spaces: [{ key: 'FIN', assignments: [] }] })
    expect(spaces).toMatchObject({ spaces: [{ permissions: [{ permission: 'read/space' }] }] })
  })

  test('a site that does not know the question for its mode is in transition where it has roles', async () => {
    const without = { ...site, 'GET /wiki/api/v2/space-role-mode': 404 }
    expect((await readSite(without)).spaces).toMatchObject({
      mode: 'ROLES_TRANSITION',
      spaces: [{ permissions: [{}], assignments: [{}] }],
    })
    expect((await readSite({ ...without, 'GET /wiki/api/v2/space-roles': 404 })).spaces).toMatchObject({
      mode: 'PRE_ROLES',
      spaces: [{ permissions: [{}], assignments: [] }],
    })
  })

  const failures: Record<string, { failing: string; shown: object }> = {
    'one role that is forbidden leaves the others': {
      failing: 'GET /rest/api/3/project/{projectIdOrKey}/role/{id}',
      shown: { projects: [{ key: 'PAY', roles: [{ name: 'Administrators', actors: { code: 'FORBIDDEN' } }, {}] }] },
    },
    'roles that are forbidden leave the project': {
      failing: 'GET /rest/api/3/project/{projectIdOrKey}/roledetails',
      shown: { projects: [{ key: 'PAY', roles: { code: 'FORBIDDEN' } }] },
    },
    'projects that are forbidden leave the spaces': {
      failing: 'GET /rest/api/3/project/search',
      shown: { projects: { code: 'FORBIDDEN' }, spaces: { mode: 'ROLES_TRANSITION' } },
    },
    'spaces that are forbidden leave the projects': {
      failing: 'GET /wiki/api/v2/spaces',
      shown: { spaces: { code: 'FORBIDDEN' }, projects: [{ key: 'PAY' }] },
    },
  }
  test.each(Object.entries(failures))('%s', async (_, { failing, shown }) => {
    expect(await readSite({ ...site, [failing]: 403 })).toMatchObject(shown)
  })

  const sharedRoles: Record<string, { answer: unknown; shown: unknown }> = {
    'with the actors that new projects get, and without the own roles of team-managed ones': {
      answer: [
        { id: 10, name: 'Viewers', actors: [{ displayName: 'Ana', actorUser: { accountId: '712020:1' } }] },
        { id: 11, name: 'Member', scope: { type: 'PROJECT' } },
        { id: 12, name: 'Testers' },
      ],
      shown: [
        { id: '10', name: 'Viewers', defaultActors: [{ type: 'user', id: '712020:1', name: 'Ana' }] },
        { id: '12', name: 'Testers', defaultActors: [] },
      ],
    },
    'as not read where the credential does not administer Jira': {
      answer: 403,
      shown: expect.objectContaining({ code: 'FORBIDDEN' }) as unknown,
    },
    'as none where the site has no Jira': { answer: 404, shown: [] },
  }
  test.each(Object.entries(sharedRoles))('roles of the site are shown %s', async (_, { answer, shown }) => {
    const reader = readerOf({ ...site, 'GET /rest/api/3/role': answer })
    const { sites } = await readEstate(reader, { ...options, parts: new Set(['roles']) })
    expect(sites[0]!.roles).toEqual(shown)
    expect(reader.asked).toHaveLength(1)
  })

  test('roles that Jira hides of a project are told with the permission that is missing', async () => {
    const { projects } = await readSite({
      ...site,
      'GET /rest/api/3/project/{projectIdOrKey}/roledetails': 404,
      'GET /rest/api/3/mypermissions': { permissions: { ADMINISTER_PROJECTS: { havePermission: false } } },
    })
    const message = expect.stringMatching(/lacks Administer Projects/) as unknown
    expect(projects).toMatchObject([{ key: 'PAY', roles: { code: 'FORBIDDEN', message } }])
  })

  test('a site without projects has none, though Jira says 404', async () => {
    expect((await readSite({ ...site, 'GET /rest/api/3/project/search': 404 })).projects).toEqual([])
  })

  test('identities are read whole where they are asked for', async () => {
    const search = 'POST /v2/orgs/{orgId}/directories/{directoryId}'
    const reader = readerOf({
      [`${search}/users/search`]: { data: [{ accountId: '712020:1', status: 'active', groups: [{ id: 'g1' }] }] },
      [`${search}/groups/search`]: { data: [{ id: 'g1', name: 'devs', counts: { users: 1 } }] },
    })
    const { directory } = await readEstate(reader, { ...options, parts: new Set(['identities']) })
    expect(directory.members('g1')).toMatchObject([{ accountId: '712020:1' }])
    expect(reader.asked).toHaveLength(2)
  })
})
