import { expect, test } from 'vitest'
import { exampleWorld } from './example-world.builder.ts'
import { tell, type Step } from './story.builder.ts'
import type { WorldSeed } from './world-seed.ts'

const v1 = '/wiki/rest/api'
const v2 = '/wiki/api/v2'
const viewer = '0f1e2d3c-0000-4000-8000-00000000000a'
const writer = '0f1e2d3c-0000-4000-8000-00000000000c'
const wikiEditors = '0f1e2d3c-0000-4000-8000-000000000014'

const tokenOf = (name: string) => `Basic ${Buffer.from(`${name}@acme.com:${name}-token`).toString('base64')}`

/** Ana reads the space FIN and administers ENG, both by a group; Hana has no app and so no access. */
function withTokens(): WorldSeed {
  const world = exampleWorld()
  const more = ['ana', 'hid'].map((name) => ({ name, email: `${name}@acme.com`, token: `${name}-token` }))
  const apiTokens = [...(world.credentials.apiTokens ?? []), ...more]
  return { ...world, credentials: { ...world.credentials, apiTokens } }
}

const grant = (space: string, as: string, status: number): Step => ({
  call: `POST ${v1}/space/${space}/permission`,
  body: { subject: { type: 'user', identifier: '712020:off' }, operation: { key: 'read', target: 'space' } },
  as: tokenOf(as),
  status,
})

const assign = (spaceId: string, as: string, status: number): Step => ({
  call: `POST ${v2}/spaces/${spaceId}/role-assignments`,
  body: [{ principal: { principalType: 'USER', principalId: '712020:out' }, roleId: viewer }],
  as: tokenOf(as),
  status,
})

const stories: Readonly<Record<string, readonly Step[]>> = {
  'a caller sees the spaces that it may read': [
    {
      call: `GET ${v2}/spaces`,
      as: tokenOf('ana'),
      status: 200,
      answer: { results: [{ key: 'FIN' }, { key: 'ENG' }] },
    },
    { call: `GET ${v2}/spaces`, as: tokenOf('hid'), status: 200, answer: { results: [] } },
    { call: `GET ${v2}/spaces/65537`, as: tokenOf('hid'), status: 404 },
    { call: `GET ${v2}/spaces/65537/permissions`, as: tokenOf('hid'), status: 404 },
    { call: `GET ${v2}/spaces/65537/role-assignments`, as: tokenOf('hid'), status: 404 },
    { call: `GET ${v2}/spaces/65538`, as: tokenOf('ana'), status: 200 },
  ],
  'who reads a space and does not administer it may not write its permissions': [
    grant('FIN', 'ana', 403),
    { call: `DELETE ${v1}/space/FIN/permission/98314`, as: tokenOf('ana'), status: 403 },
  ],
  'who may not see a space is told that it is not there': [
    grant('FIN', 'hid', 404),
    { call: `DELETE ${v1}/space/FIN/permission/98314`, as: tokenOf('hid'), status: 404 },
  ],
  'version 2 says 404 to both': [assign('65537', 'ana', 404), assign('65537', 'hid', 404)],
  'who administers a space by a role of a group may write': [grant('ENG', 'ana', 200), assign('65538', 'ana', 200)],
  'groups are for admins of the site': [
    { call: `POST ${v1}/group`, body: { name: 'mine' }, as: tokenOf('ana'), status: 403 },
    { call: `DELETE ${v1}/group/by-id?id=${wikiEditors}`, as: tokenOf('ana'), status: 403 },
    {
      call: `POST ${v1}/group/userByGroupId?groupId=${wikiEditors}`,
      body: { accountId: '712020:ana' },
      as: tokenOf('ana'),
      status: 403,
    },
    {
      call: `DELETE ${v1}/group/userByGroupId?groupId=${wikiEditors}&accountId=712020:ana`,
      as: tokenOf('ana'),
      status: 403,
    },
  ],
  'space roles are for admins of the site, who are told 404 otherwise': [
    {
      call: `POST ${v2}/space-roles`,
      body: { name: 'Mine', description: '', spacePermissions: ['read/space'] },
      as: tokenOf('ana'),
      status: 404,
    },
    { call: `DELETE ${v2}/space-roles/${writer}`, as: tokenOf('ana'), status: 404 },
  ],
  'a space tells what the caller may do in it': [
    {
      call: `GET ${v2}/spaces/65537/operations`,
      as: tokenOf('ana'),
      status: 200,
      answer: {
        operations: [
          { operation: 'read', targetType: 'space' },
          { operation: 'create', targetType: 'page' },
        ],
      },
    },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps, (sandbox) => sandbox.world.replace(withTokens()))).resolves.toBeUndefined()
})
