import { expect, test } from 'vitest'
import { call, valueAt } from './sandbox-client.builder.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'

const org = '0f1e2d3c-0000-4000-8000-000000000001'
const site = '0f1e2d3c-0000-4000-8000-000000000004'
const v1 = `/admin/v1/orgs/${org}`
const v2 = `/admin/v2/orgs/${org}`
const directory = `${v2}/directories/0f1e2d3c-0000-4000-8000-000000000002`
const users = `${directory}/users`
const groups = `${directory}/groups`
const jiraUsers = '0f1e2d3c-0000-4000-8000-000000000010'
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const synced = '0f1e2d3c-0000-4000-8000-000000000013'
const jira = `ari:cloud:jira-software::site/${site}`

function failure(code: string) {
  return { errors: [{ code }] }
}

function search(question: object, answer: object): Step {
  return { call: `POST ${users}/search`, body: question, status: 200, answer }
}

function addMember(group: string, accountId: string, status: number, answer?: unknown): Step {
  return { call: `POST ${groups}/${group}/memberships`, body: { accountId }, status, answer }
}

const stories: Readonly<Record<string, readonly Step[]>> = {
  'a group in users/search carries an ARI, and a bare id everywhere else': [
    search(
      { accountIds: ['712020:leo'], expand: ['groups'] },
      { data: [{ groups: [{ id: `ari:cloud:identity::group/${payDevs}`, name: 'pay-devs' }] }] },
    ),
    { call: `GET ${groups}/${payDevs}`, status: 200, answer: { data: { id: payDevs } } },
  ],
  'a hidden e-mail is found and returned by users/search': [
    search({ emails: ['HID@acme.com'] }, { data: [{ accountId: '712020:hid', email: 'hid@acme.com' }] }),
  ],
  'statuses are composed of the account and its membership': [
    search(
      { status: ['suspended'] },
      { data: [{ accountId: '712020:leo', accountStatus: 'active', membershipStatus: 'suspended' }] },
    ),
    search(
      { status: ['not_invited'] },
      { data: [{ accountId: '712020:new', accountStatus: 'active', membershipStatus: 'no_membership' }] },
    ),
    search({ status: ['deactivated'] }, { data: [{ accountId: '712020:off', accountStatus: 'inactive' }] }),
  ],
  'claim status and mfaEnabled are for managed accounts': [
    search({ claimStatus: 'unmanaged' }, { data: [{ accountId: '712020:out', claimStatus: 'unmanaged' }] }),
    search({ mfaEnabled: true }, { data: [{ accountId: '712020:ana', mfaEnabled: true }] }),
  ],
  'emails and searchTerm exclude each other, and so do groupNames and groupIds': [
    { call: `POST ${users}/search`, body: { emails: ['a@acme.com'], searchTerm: 'a' }, status: 400 },
    { call: `POST ${groups}/search`, body: { groupNames: ['a'], groupIds: [payDevs] }, status: 400 },
  ],
  'lists and limits of a search have bounds, and unknown fields are refused': [
    {
      call: `POST ${users}/search`,
      body: { emails: Array.from({ length: 101 }, (_, index) => `p${index}@acme.com`) },
      status: 400,
    },
    { call: `POST ${users}/search`, body: { groupIds: Array.from({ length: 11 }, () => payDevs) }, status: 400 },
    { call: `POST ${users}/search`, body: { limit: 0 }, status: 400 },
    { call: `POST ${users}/search`, body: { email: ['ana@acme.com'] }, status: 400 },
  ],
  'group names are matched whole and whatever their case': [
    {
      call: `POST ${groups}/search`,
      body: { groupNames: ['PAY-DEVS', 'pay'] },
      status: 200,
      answer: { data: [{ name: 'pay-devs' }] },
    },
  ],
  'a group owned by the identity provider is marked read-only': [
    {
      call: `GET ${groups}/${synced}`,
      status: 200,
      answer: { data: { externalSynced: true, managedBy: 'external', managementAccess: { modifiable: false } } },
    },
    addMember(synced, '712020:hid', 403, {
      errors: [{ code: 'ADMIN-403-5', detail: "You can't add a user to a group synced from an identity provider" }],
    }),
    { call: `DELETE ${groups}/${synced}/memberships/712020:ana`, status: 403 },
    { call: `DELETE ${groups}/${synced}`, status: 403 },
  ],
  'apps are members, but the directory neither lists nor counts them': [
    {
      call: `POST ${groups}/search`,
      body: { groupIds: [payDevs], expand: ['counts.users'] },
      status: 200,
      answer: { data: [{ counts: { users: 2 } }] },
    },
    search({ groupIds: [payDevs] }, { data: [{ accountId: '712020:ana' }, { accountId: '712020:leo' }] }),
  ],
  'creating a group answers 201 without a body, and names are unique whatever their case': [
    { call: `POST ${groups}`, body: { name: 'Eng' }, status: 201, answer: undefined },
    { call: `POST ${groups}`, body: { name: 'eng' }, status: 409, answer: failure('ADMIN-UAM-409-2') },
    { call: `POST ${groups}/search`, body: { groupNames: ['eng'] }, status: 200, answer: { data: [{ name: 'Eng' }] } },
  ],
  'a default group cannot be deleted': [
    { call: `DELETE ${groups}/${jiraUsers}`, status: 403, answer: failure('ADMIN-403-6') },
  ],
  'adding a member twice is 409, and so is adding one without a seat: only the code and the text differ': [
    addMember(payDevs, '712020:ana', 409, {
      errors: [{ code: 'ADMIN-UAM-409-2', detail: '712020:ana is already a member of pay-devs' }],
    }),
    addMember(jiraUsers, '712020:hid', 204),
    addMember(jiraUsers, '712020:out', 409, failure('ADMIN-UAM-409-3')),
  ],
  'a managed account that was never invited is not found when it is added to a group': [
    addMember(payDevs, '712020:new', 404, failure('ADMIN-404-8')),
  ],
  'removing who is no member is 404': [{ call: `DELETE ${groups}/${payDevs}/memberships/712020:hid`, status: 404 }],
  'suspend and restore without a JSON body are 415': [
    { call: `POST ${users}/712020:ana/suspend`, status: 415, answer: failure('ADMIN-UAM-415-1') },
    { call: `POST ${users}/712020:ana/restore`, status: 415 },
  ],
  'a suspended person keeps the groups and frees the seats': [
    addMember(jiraUsers, '712020:hid', 204),
    { call: `POST ${users}/712020:ana/suspend`, body: {}, status: 204 },
    search(
      { accountIds: ['712020:ana'], expand: ['groups'] },
      { data: [{ status: 'suspended', groups: [{ name: 'jira-users-acme' }, {}, {}, {}] }] },
    ),
    addMember(jiraUsers, '712020:out', 204),
  ],
  'who gets an app joins its default group, and leaves it with the app': [
    { call: `POST ${v1}/users/712020:hid/roles/assign`, body: { role: 'atlassian/user', resource: jira }, status: 204 },
    search({ groupIds: [jiraUsers], accountIds: ['712020:hid'] }, { data: [{ accountId: '712020:hid' }] }),
    {
      call: `GET ${users}/712020:hid/role-assignments`,
      status: 200,
      answer: { data: [{ resourceId: jira, roleAssignments: [{ roleAssignmentMethods: ['group_direct'] }] }] },
    },
    { call: `POST ${v1}/users/712020:hid/roles/revoke`, body: { role: 'atlassian/user', resource: jira }, status: 204 },
    search({ groupIds: [jiraUsers], accountIds: ['712020:hid'] }, { data: [] }),
  ],
  'removing a member of a default group frees the seat': [
    addMember(jiraUsers, '712020:hid', 204),
    { call: `DELETE ${groups}/${jiraUsers}/memberships/712020:hid`, status: 204 },
    addMember(jiraUsers, '712020:out', 204),
  ],
  'the default role of an app marks its default group': [
    {
      call: `GET ${groups}/${jiraUsers}/role-assignments`,
      status: 200,
      answer: { data: [{ resourceId: jira, resourceOwner: 'jira-software', defaultRole: 'atlassian/user' }] },
    },
  ],
  'an app role is given to a group and taken again': [
    {
      call: `POST ${groups}/${payDevs}/role-assignments/assign`,
      body: { resourceId: jira, roleId: 'atlassian/user' },
      status: 200,
    },
    {
      call: `GET ${groups}/${payDevs}/role-assignments`,
      status: 200,
      answer: { data: [{ resourceId: jira, defaultRole: null }] },
    },
    {
      call: `POST ${groups}/${payDevs}/role-assignments/revoke`,
      body: { resourceId: jira, roleId: 'atlassian/user' },
      status: 204,
    },
    { call: `GET ${groups}/${payDevs}/role-assignments`, status: 200, answer: { data: [] } },
  ],
  'an invitation reports each part, and 206 says that one failed': [
    {
      call: `POST ${v2}/users/invite`,
      body: { emails: ['kim@acme.com'], additionalGroups: [payDevs, synced] },
      status: 206,
      answer: {
        data: [
          {
            email: 'kim@acme.com',
            results: [
              {
                groupAssignmentResult: [
                  { group: payDevs, status: 'INVITED' },
                  { group: synced, status: 'ERROR' },
                ],
              },
            ],
          },
        ],
      },
    },
    search(
      { emails: ['kim@acme.com'], expand: ['groups'] },
      { data: [{ status: 'active', claimStatus: 'managed', groups: [{ name: 'pay-devs' }] }] },
    ),
  ],
  'an invited account that existed without a membership becomes active': [
    {
      call: `POST ${v2}/users/invite`,
      body: { emails: ['new@acme.com'] },
      status: 200,
      answer: { data: [{ id: '712020:new' }] },
    },
    search({ emails: ['new@acme.com'] }, { data: [{ status: 'active' }] }),
  ],
  'more than 25 invitations are refused': [
    {
      call: `POST ${v2}/users/invite`,
      body: { emails: Array.from({ length: 26 }, (_, index) => `p${index}@acme.com`) },
      status: 400,
    },
  ],
  'who is removed loses groups and project roles': [
    { call: `DELETE ${users}/712020:ana`, status: 204 },
    search({ groupIds: [payDevs] }, { data: [{ accountId: '712020:leo' }] }),
    { call: 'GET /rest/api/3/user?accountId=712020:ana', status: 404 },
  ],
  'a workspace cursor must be alone in its body': [
    { call: `POST ${v2}/workspaces`, body: { cursor: 'x', limit: 1 }, status: 400, answer: failure('ADMIN-400-1') },
  ],
  'policies are changed by e-mail and only for managed accounts': [
    {
      call: `POST /admin/control/v1/orgs/${org}/auth-policy/0f1e2d3c-0000-4000-8000-000000000021/add-users`,
      body: { users: ['ana@acme.com', 'out@partner.io'] },
      status: 202,
    },
    {
      call: `POST /admin/control/v1/orgs/${org}/users/auth-policies/bulk-fetch`,
      body: { accountIds: ['712020:ana', '712020:out'] },
      status: 200,
      answer: [{ accountId: '712020:ana', authPolicyInfo: { policyId: '0f1e2d3c-0000-4000-8000-000000000021' } }],
    },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('a bare cursor carries the question, whether or not the next call repeats it', async () => {
  await withSandbox({}, async (sandbox) => {
    const found: unknown[] = []
    let body: object = { claimStatus: 'managed', limit: 2, expand: ['groups'] }
    for (let next: unknown = ''; next !== undefined;) {
      const reply = await call(sandbox, `POST ${users}/search`, body)
      found.push(...(valueAt(reply.body, 'data') as object[]).map((user) => valueAt(user, 'accountId')))
      next = valueAt(reply.body, 'links', 'next')
      body = { cursor: next }
    }
    expect(found).toEqual(['svc', 'ana', 'leo', 'hid', 'new', 'off'].map((name) => `712020:${name}`))
    expect(sandbox.journal.reads()).toHaveLength(3)
  })
})

test('50,000 people are read page by page within seconds', async () => {
  await withSandbox({}, async (sandbox) => {
    const people = Array.from({ length: 50_000 }, (_, index) => ({
      id: `712020:p${index}`,
      email: `p${index}@acme.com`,
      name: `Person ${index}`,
    }))
    for (const person of people) sandbox.world.addAccount(person)
    let seen = 0
    for (let cursor: unknown; seen < 50_000;) {
      const reply = await call(sandbox, `POST ${users}/search`, {
        limit: 100,
        expand: ['groups'],
        ...(cursor === undefined ? {} : { cursor }),
      })
      seen += (valueAt(reply.body, 'data') as unknown[]).length
      cursor = valueAt(reply.body, 'links', 'next')
    }
    expect(sandbox.journal.entries.length).toBeLessThanOrEqual(501)
  })
}, 30_000)
