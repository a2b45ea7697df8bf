import { derivedUuid } from '../random.ts'
import { organizationId, payDevs, sample } from './sample.builder.ts'

const directory = `/admin/v2/orgs/${organizationId}/directories/0f1e2d3c-0000-4000-8000-000000000002`
const users = `${directory}/users`
const groups = `${directory}/groups`
const v1 = `/admin/v1/orgs/${organizationId}`
const jiraAri = 'ari:cloud:jira-software::site/0f1e2d3c-0000-4000-8000-000000000004'
const confluenceAri = 'ari:cloud:confluence::site/0f1e2d3c-0000-4000-8000-000000000004'
/** Ids of events depend on their place in the log alone. */
const firstEventId = derivedUuid('event 0')
const expand = ['platformRoles', 'counts.resources', 'productAccess', 'groups']

export const organizationSamples = [
  sample('organization', 'GET /admin/v1/orgs', 200),
  sample('organization', `GET /admin/v1/orgs/${organizationId}`, 200),
  sample('organization', 'GET /admin/v1/orgs/other', 404),
  sample('organization', 'GET /admin/v1/orgs?cursor=none', 400),
  sample('organization', `GET ${v1}/domains`, 200),
  sample('organization', `GET ${v1}/domains?cursor=none`, 400),
  sample('organization', `GET ${v1}/domains/${derivedUuid('domain acme.com')}`, 200),
  sample('organization', `GET ${v1}/domains/none`, 404),
  sample('organization', `GET ${v1}/users`, 200),
  sample('organization', `GET ${v1}/directory/users/712020:hid/last-active-dates`, 200),
  sample('organization', `GET ${v1}/directory/users/712020:nobody/last-active-dates`, 404),
  sample('organization', `GET ${v1}/policies?type=ip-allowlist`, 200),
  sample('organization', `GET /admin/v2/orgs/${organizationId}/directories`, 200),
  sample('organization', `GET ${users}?limit=2&claimStatus=managed`, 200),
  sample('organization', `GET ${users}?limit=101`, 400),
  sample('organization', `GET ${users}/stats`, 200),
  sample('organization', `GET ${groups}?limit=2`, 200),
  sample('organization', `GET ${groups}/stats`, 200),
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
  sample('organization', `POST /admin/v2/orgs/${organizationId}/workspaces`, 200, { limit: 1 }),
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
  sample('organization', `POST /admin/v1/orgs/${organizationId}/users/712020:hid/roles/assign`, 204, {
    role: 'atlassian/user',
    resource: jiraAri,
  }),
  sample('organization', `POST /admin/v1/orgs/${organizationId}/users/712020:hid/roles/revoke`, 204, {
    role: 'atlassian/user',
    resource: jiraAri,
  }),
  sample('organization', `POST /admin/v1/orgs/${organizationId}/users/712020:hid/role-assignments/assign`, 204, {
    role: 'atlassian/org-admin',
  }),
  sample('organization', `POST /admin/v1/orgs/${organizationId}/users/712020:hid/role-assignments/revoke`, 204, {
    role: 'atlassian/org-admin',
  }),
  sample('organization', `POST /admin/v2/orgs/${organizationId}/users/invite`, 200, {
    emails: ['kim@acme.com'],
    additionalGroups: [payDevs],
    permissionRules: [{ resource: confluenceAri, role: 'atlassian/user' }],
  }),
  sample('organization', `POST /admin/v2/orgs/${organizationId}/users/invite`, 206, {
    emails: ['kim@acme.com'],
    additionalGroups: ['0f1e2d3c-0000-4000-8000-000000000013'],
  }),
  sample('organization', `POST /admin/v2/orgs/${organizationId}/users/invite`, 404, {
    emails: ['kim@acme.com'],
    additionalGroups: ['none'],
  }),
  sample('organization', `DELETE ${users}/712020:out`, 204),
  sample('organization', `GET ${v1}/events?limit=2&action=add_user_to_group`, 200),
  sample('organization', `GET ${v1}/events?from=yesterday`, 400),
  sample('organization', `GET ${v1}/events-stream?sortOrder=desc&limit=2`, 200),
  sample('organization', `GET ${v1}/events/${firstEventId}`, 200),
  sample('organization', `GET ${v1}/events/none`, 404),
  sample('organization', `GET ${v1}/event-actions`, 200),
]

/** Comes after all others: they need the group. */
export const organizationEnd = sample('organization', `DELETE ${groups}/${payDevs}`, 204)
