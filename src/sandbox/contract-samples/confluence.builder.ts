import { payDevs, sample } from './sample.builder.ts'

const viewer = '0f1e2d3c-0000-4000-8000-00000000000a'
const writer = '0f1e2d3c-0000-4000-8000-00000000000c'
const wikiEditors = '0f1e2d3c-0000-4000-8000-000000000014'
const v1 = '/wiki/rest/api'
const v2 = '/wiki/api/v2'
const everything = ['operations', 'permissions', 'labels', 'properties'].map((name) => `include-${name}=true`).join('&')

function role(...spacePermissions: readonly string[]) {
  return { name: 'Author', description: 'Writes pages', spacePermissions }
}

const spaces = [
  sample('confluence', `GET ${v2}/spaces?limit=1`, 200),
  sample('confluence', `GET ${v2}/spaces?sort=-name&description-format=plain&include-icon=true`, 200),
  sample('confluence', `GET ${v2}/spaces/65537?${everything}`, 200),
  sample('confluence', `GET ${v2}/spaces/65537/operations`, 200),
  sample('confluence', `GET ${v2}/spaces/65537/permissions`, 200),
  sample('confluence', `POST ${v1}/space/FIN/permission`, 200, {
    subject: { type: 'user', identifier: '712020:ana' },
    operation: { key: 'read', target: 'space' },
  }),
  sample('confluence', `DELETE ${v1}/space/FIN/permission/98315`, 204),
]

const roles = [
  sample('confluence', `GET ${v2}/space-role-mode`, 200),
  sample('confluence', `GET ${v2}/space-permissions`, 200),
  sample('confluence', `GET ${v2}/space-roles`, 200),
  sample('confluence', `GET ${v2}/space-roles/${viewer}`, 200),
  sample('confluence', `POST ${v2}/space-roles`, 201, { ...role('read/space'), name: 'Reader' }),
  sample('confluence', `PUT ${v2}/space-roles/${writer}`, 202, role('read/space', 'create/page')),
  sample('confluence', `PUT ${v2}/space-roles/${writer}`, 202, role('read/space')),
  sample('confluence', `GET ${v1}/longtask`, 200),
  sample('confluence', `GET ${v1}/longtask/{task}`, 200),
  sample('confluence', `DELETE ${v2}/space-roles/${writer}`, 202),
  sample('confluence', `GET ${v2}/spaces/65537/role-assignments`, 200),
  sample('confluence', `POST ${v2}/spaces/65537/role-assignments`, 200, [
    { principal: { principalType: 'USER', principalId: '712020:hid' }, roleId: viewer },
  ]),
]

const groups = [
  sample('confluence', `GET ${v1}/group?limit=1`, 200),
  sample('confluence', `GET ${v1}/group/by-id?id=${payDevs}`, 200),
  sample('confluence', `GET ${v1}/group/picker?query=dev&shouldReturnTotalSize=true`, 200),
  sample('confluence', `GET ${v1}/group/${payDevs}/membersByGroupId?shouldReturnTotalSize=true`, 200),
  sample('confluence', `POST ${v1}/group`, 201, { name: 'wiki-readers' }),
  sample('confluence', `POST ${v1}/group/userByGroupId?groupId=${wikiEditors}`, 201, { accountId: '712020:hid' }),
  sample('confluence', `DELETE ${v1}/group/userByGroupId?groupId=${wikiEditors}&accountId=712020:hid`, 204),
  sample('confluence', `DELETE ${v1}/group/by-id?id=${wikiEditors}`, 204),
]

const people = [
  sample('confluence', `GET ${v1}/user?accountId=712020:hid`, 200),
  sample('confluence', `GET ${v1}/user/anonymous`, 200),
  sample('confluence', `GET ${v1}/user/current`, 200),
  sample('confluence', `GET ${v1}/user/bulk?accountId=712020:ana&expand=operations`, 200),
  sample('confluence', `GET ${v1}/user/memberof?accountId=712020:ana`, 200),
  sample('confluence', `POST ${v2}/users-bulk`, 200, { accountIds: ['712020:ana', '712020:hid', '557058:app'] }),
  sample('confluence', `POST ${v2}/user/access/check-access-by-email`, 200, { emails: ['ana@acme.com', 'nobody'] }),
  sample('confluence', `POST ${v2}/user/access/invite-by-email`, 200, { emails: ['ines@acme.com'] }),
]

export const confluenceSamples = [...spaces, ...roles, ...groups, ...people]
