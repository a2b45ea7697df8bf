import type { Api } from './exchange.ts'

/** One request for each operation that the sandbox answers, against `exampleWorld`. */
export interface Sample {
  readonly api: Api
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly status: number
}

const org = '0f1e2d3c-0000-4000-8000-000000000001'
const directory = `/admin/v2/orgs/${org}/directories/0f1e2d3c-0000-4000-8000-000000000002`
const users = `${directory}/users`
const groups = `${directory}/groups`
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const viewer = '0f1e2d3c-0000-4000-8000-00000000000a'
const scim = '/scim/directory/0f1e2d3c-0000-4000-8000-000000000003'
const control = `/admin/control/v1/orgs/${org}`
const jira = '/rest/api/3'
const v1 = '/wiki/rest/api'
const v2 = '/wiki/api/v2'
const jiraAri = 'ari:cloud:jira-software::site/0f1e2d3c-0000-4000-8000-000000000004'
const confluenceAri = 'ari:cloud:confluence::site/0f1e2d3c-0000-4000-8000-000000000004'
const mia = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'mia@acme.com',
  displayName: 'Mia K',
  name: { givenName: 'Mia', familyName: 'K' },
  emails: [{ value: 'mia@acme.com', type: 'work', primary: true }],
  active: true,
}
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const expand = ['platformRoles', 'counts.resources', 'productAccess', 'groups']

function sample(api: Api, call: string, status: number, body?: unknown): Sample {
  const [method = '', path = ''] = call.split(' ')
  return { api, method, path, status, ...(body === undefined ? {} : { body }) }
}

const organization = [
  sample('organization', 'GET /admin/v1/orgs', 200),
  sample('organization', `GET /admin/v1/orgs/${org}`, 200),
  sample('organization', 'GET /admin/v1/orgs/other', 404),
  sample('organization', `GET /admin/v2/orgs/${org}/directories`, 200),
  sample('organization', `POST ${users}/search`, 200, { expand, limit: 3 }),
  sample('organization', `POST ${users}/search`, 400, { limit: 101 }),
  sample('organization', `GET ${users}/count`, 200),
  sample('organization', `GET ${users}/712020:ana`, 200),
  sample('organization', `GET ${users}/712020:ana/role-assignments`, 200),
  sample('organization', `GET ${users}/712020:nobody`, 404),
  sample('organization', `POST ${groups}/search`, 200, { expand: ['counts.users', 'counts.resources'] }),
  sample('organization', `GET ${groups}/count`, 200),
  sample('organization', `GET ${groups}/${payDevs}`, 200),
  sample('organization', `GET ${groups}/0f1e2d3c-0000-4000-8000-000000000010/role-assignments`, 200),
  sample('organization', `POST /admin/v2/orgs/${org}/workspaces`, 200, { limit: 1 }),
  sample('organization', `POST ${groups}`, 201, { name: 'eng', description: 'Engineers' }),
  sample('organization', `POST ${groups}`, 409, { name: 'ENG' }),
  sample('organization', `POST ${groups}/${payDevs}/memberships`, 204, { accountId: '712020:out' }),
  sample('organization', `DELETE ${groups}/${payDevs}/memberships/712020:out`, 204),
  sample('organization', `POST ${groups}/${payDevs}/role-assignments/assign`, 200, {
    resourceId: confluenceAri,
    roleId: 'atlassian/user',
  }),
  sample('organization', `POST ${groups}/${payDevs}/role-assignments/revoke`, 204, {
    resourceId: confluenceAri,
    roleId: 'atlassian/user',
  }),
  sample('organization', `POST ${users}/712020:out/suspend`, 204, {}),
  sample('organization', `POST ${users}/712020:out/restore`, 204, {}),
  sample('organization', `POST /admin/v1/orgs/${org}/users/712020:hid/roles/assign`, 204, {
    role: 'atlassian/user',
    resource: jiraAri,
  }),
  sample('organization', `POST /admin/v1/orgs/${org}/users/712020:hid/roles/revoke`, 204, {
    role: 'atlassian/user',
    resource: jiraAri,
  }),
  sample('organization', `POST /admin/v1/orgs/${org}/users/712020:hid/role-assignments/assign`, 204, {
    role: 'atlassian/org-admin',
  }),
  sample('organization', `POST /admin/v1/orgs/${org}/users/712020:hid/role-assignments/revoke`, 204, {
    role: 'atlassian/org-admin',
  }),
  sample('organization', `POST /admin/v2/orgs/${org}/users/invite`, 200, {
    emails: ['kim@acme.com'],
    additionalGroups: [payDevs],
    permissionRules: [{ resource: confluenceAri, role: 'atlassian/user' }],
  }),
  sample('organization', `DELETE ${users}/712020:out`, 204),
]

const others = [
  sample('control', `POST ${control}/auth-policy/0f1e2d3c-0000-4000-8000-000000000021/add-users`, 202, {
    users: ['hid@acme.com', 'out@partner.io'],
  }),
  sample('control', `GET ${control}/auth-policy/task/{task}`, 200),
  sample('control', `GET ${control}/auth-policy/task/none`, 404),
  sample('control', `POST ${control}/users/auth-policies/bulk-fetch`, 200, {
    accountIds: ['712020:ana', '712020:hid'],
  }),
  sample('user-management', 'POST /users/712020:hid/manage/lifecycle/disable', 204),
  sample('user-management', 'POST /users/712020:hid/manage/lifecycle/enable', 204),
  sample('user-management', 'POST /users/712020:ana/manage/lifecycle/disable', 403),
  sample('user-management', 'POST /users/712020:nobody/manage/lifecycle/disable', 404),
  sample('scim', `GET ${scim}/ServiceProviderConfig`, 200),
  sample('scim', `GET ${scim}/ResourceTypes`, 200),
  sample('scim', `GET ${scim}/ResourceTypes/User`, 200),
  sample('scim', `GET ${scim}/ResourceTypes/Group`, 200),
  sample('scim', `GET ${scim}/Schemas`, 200),
  sample('scim', `GET ${scim}/Schemas/urn:ietf:params:scim:schemas:core:2.0:User`, 200),
  sample('scim', `GET ${scim}/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group`, 200),
  sample('scim', `GET ${scim}/Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`, 200),
  sample('scim', `GET ${scim}/Users?count=1`, 200),
  sample('scim', `GET ${scim}/Users?filter=title%20eq%20%22x%22`, 400),
  sample('scim', `GET ${scim}/Users/scim-ana`, 200),
  sample('scim', `GET ${scim}/Users/none`, 404),
  sample('scim', `POST ${scim}/Users`, 201, mia),
  sample('scim', `POST ${scim}/Users`, 409, mia),
  sample('scim', `PUT ${scim}/Users/scim-leo`, 200, {
    ...mia,
    userName: 'leo@acme.com',
    emails: [{ value: 'leo@acme.com', type: 'work', primary: true }],
  }),
  sample('scim', `PATCH ${scim}/Users/scim-ana`, 200, {
    schemas: [patchOp],
    Operations: [{ op: 'replace', path: 'active', value: false }],
  }),
  sample('scim', `DELETE ${scim}/Users/scim-leo`, 204),
  sample('scim', `GET ${scim}/Groups`, 200),
  sample('scim', `GET ${scim}/Groups/scim-staff`, 200),
  sample('scim', `POST ${scim}/Groups`, 201, {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'idp-new',
    members: [{ value: 'scim-ana' }],
  }),
  sample('scim', `PUT ${scim}/Groups/scim-staff`, 200, {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'idp-staff',
    members: [],
  }),
  sample('scim', `PATCH ${scim}/Groups/scim-staff`, 200, {
    schemas: [patchOp],
    Operations: [{ op: 'add', path: 'members', value: [{ value: 'scim-ana' }] }],
  }),
  sample('scim', `DELETE ${scim}/Groups/scim-staff`, 204),
]

const products = [
  sample('jira', `GET ${jira}/serverInfo`, 200),
  sample('jira', `GET ${jira}/myself`, 200),
  sample('jira', `GET ${jira}/mypermissions?permissions=ADMINISTER,ADMINISTER_PROJECTS`, 200),
  sample('jira', `GET ${jira}/applicationrole`, 200),
  sample('jira', `GET ${jira}/project`, 200),
  sample('jira', `GET ${jira}/project/search?maxResults=1`, 200),
  sample('jira', `GET ${jira}/project/search?keys=NONE`, 404),
  sample('jira', `GET ${jira}/project/PAY`, 200),
  sample('jira', `GET ${jira}/project/TEAM/role`, 200),
  sample('jira', `GET ${jira}/project/TEAM/roledetails`, 200),
  sample('jira', `GET ${jira}/projectCategory`, 200),
  sample('jira', `GET ${jira}/role`, 200),
  sample('jira', `GET ${jira}/project/PAY/role/10001`, 200),
  sample('jira', `GET ${jira}/project/TEAM/role/10360`, 200),
  sample('jira', `POST ${jira}/project/PAY/role/10001`, 200, { user: ['712020:hid'] }),
  sample('jira', `PUT ${jira}/project/PAY/role/10001`, 200, {
    categorisedActors: { 'atlassian-user-role-actor': ['712020:svc'] },
  }),
  sample('jira', `DELETE ${jira}/project/PAY/role/10001?user=712020:svc`, 204),
  sample('jira', `GET ${jira}/group/bulk`, 200),
  sample('jira', `GET ${jira}/group/member?groupId=${payDevs}&includeInactiveUsers=true`, 200),
  sample('jira', `GET ${jira}/users`, 200),
  sample('jira', `GET ${jira}/users/search`, 200),
  sample('jira', `GET ${jira}/user?accountId=712020:hid`, 200),
  sample('jira', `GET ${jira}/user/bulk?accountId=712020:ana&accountId=557058:app`, 200),
  sample('jira', `GET ${jira}/user/groups?accountId=712020:ana`, 200),
  sample('jira', `GET ${jira}/user/search?query=ana`, 200),
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

const last = sample('organization', `DELETE ${groups}/${payDevs}`, 204)

export const samples: readonly Sample[] = [...organization, ...others, ...products, last]
