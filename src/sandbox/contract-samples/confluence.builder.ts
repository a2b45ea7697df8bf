import { payDevs, sample } from './sample.builder.ts'

const viewer = '0f1e2d3c-0000-4000-8000-00000000000a'
const v1 = '/wiki/rest/api'
const v2 = '/wiki/api/v2'

export const confluenceSamples = [
  sample('confluence', `GET ${v2}/spaces?limit=1`, 200),
  sample('confluence', `GET ${v2}/spaces/65537`, 200),
  sample('confluence', `GET ${v2}/spaces/65537/permissions`, 200),
  sample('confluence', `GET ${v2}/space-role-mode`, 200),
  sample('confluence', `GET ${v2}/space-permissions`, 200),
  sample('confluence', `GET ${v2}/space-roles`, 200),
  sample('confluence', `GET ${v2}/space-roles/${viewer}`, 200),
  sample('confluence', `GET ${v2}/spaces/65537/role-assignments`, 200),
  sample('confluence', `POST ${v2}/spaces/65537/role-assignments`, 200, [
    { principal: { principalType: 'USER', principalId: '712020:hid' }, roleId: viewer },
  ]),
  sample('confluence', `POST ${v1}/space/FIN/permission`, 200, {
    subject: { type: 'user', identifier: '712020:ana' },
    operation: { key: 'read', target: 'space' },
  }),
  sample('confluence', `DELETE ${v1}/space/FIN/permission/98315`, 204),
  sample('confluence', `GET ${v1}/group/by-id?id=${payDevs}`, 200),
  sample('confluence', `GET ${v1}/user?accountId=712020:hid`, 200),
  sample('confluence', `GET ${v1}/user/current`, 200),
]
