import { expect, test } from 'vitest'
import { exampleCredentials } from './example-world.builder.ts'
import { call } from './sandbox-client.builder.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'

const api = '/rest/api/3'
const developers = `${api}/project/PAY/role/10001`
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const cloudId = '0f1e2d3c-0000-4000-8000-000000000004'

const stories: Readonly<Record<string, readonly Step[]>> = {
  'a project search that matches nothing is 404': [
    { call: `GET ${api}/project/search?keys=NONE`, status: 404 },
    {
      call: `GET ${api}/project/search?keys=NONE&keys=PAY`,
      status: 200,
      answer: { total: 1, isLast: true, values: [{ key: 'PAY', style: 'classic', simplified: false }] },
    },
  ],
  'archived projects are found only where they are asked for': [
    { call: `GET ${api}/project/search`, status: 200, answer: { total: 2 } },
    { call: `GET ${api}/project/search?status=archived`, status: 200, answer: { values: [{ key: 'OLD' }] } },
  ],
  'more than 50 keys are refused, and maxResults is lowered to 100': [
    { call: `GET ${api}/project/search?${Array.from({ length: 51 }, () => 'keys=A').join('&')}`, status: 400 },
    { call: `GET ${api}/project/search?maxResults=1000`, status: 200, answer: { maxResults: 100 } },
  ],
  'projects come by key, or in the order that is asked for': [
    { call: `GET ${api}/project/search`, status: 200, answer: { values: [{ key: 'PAY' }, { key: 'TEAM' }] } },
    {
      call: `GET ${api}/project/search?orderBy=-name`,
      status: 200,
      answer: { values: [{ key: 'TEAM' }, { key: 'PAY' }] },
    },
    { call: `GET ${api}/project/search?orderBy=category`, status: 200, answer: { values: [{ key: 'TEAM' }, {}] } },
  ],
  'groups and apps of a user are counted, and listed where they are asked for': [
    {
      call: `GET ${api}/myself`,
      status: 200,
      answer: { groups: { size: 1, items: [] }, applicationRoles: { size: 1 } },
    },
    {
      call: `GET ${api}/user?accountId=712020:svc&expand=groups,applicationRoles`,
      status: 200,
      answer: {
        groups: { items: [{ name: 'jira-users-acme' }] },
        applicationRoles: { items: [{ key: 'jira-software' }] },
      },
    },
  ],
  'a page tells the next one, and isLast ends the chain': [
    {
      call: `GET ${api}/project/search?maxResults=1`,
      status: 200,
      answer: { isLast: false, nextPage: expect.stringContaining('startAt=1'), values: [{ key: 'PAY' }] },
    },
    {
      call: `GET ${api}/project/search?maxResults=1&startAt=1`,
      status: 200,
      answer: { isLast: true, values: [{ key: 'TEAM' }] },
    },
  ],
  'company-managed projects share the global roles, a team-managed one has its own': [
    {
      call: `GET ${api}/project/PAY/roledetails`,
      status: 200,
      answer: [
        { id: 10002, name: 'Administrators' },
        { id: 10001, name: 'Developers' },
      ],
    },
    {
      call: `GET ${api}/project/TEAM/roledetails`,
      status: 200,
      answer: [{ id: 10360, scope: { type: 'PROJECT', project: { key: 'TEAM' } } }],
    },
    { call: `GET ${api}/project/TEAM/role/10001`, status: 404 },
  ],
  'the id of a role is the end of its URL': [
    {
      call: `GET ${api}/project/PAY/role`,
      status: 200,
      answer: { Developers: expect.stringMatching(/\/role\/10001$/) },
    },
  ],
  'adding an actor that is there is 400, and nothing of the call is done': [
    {
      call: `POST ${developers}`,
      body: { user: ['712020:hid', '712020:ana'] },
      status: 400,
      answer: { errorMessages: ["'Ana Ruiz' is already a member of the project role."] },
    },
    { call: `DELETE ${developers}?user=712020:hid`, status: 404 },
  ],
  'adding an actor who is suspended, deactivated or unknown is 404': [
    { call: `POST ${api}/project/PAY/role/10002`, body: { user: ['712020:leo'] }, status: 404 },
    { call: `POST ${developers}`, body: { user: ['712020:off'] }, status: 404 },
    { call: `POST ${developers}`, body: { user: ['nobody'] }, status: 404 },
    { call: `POST ${developers}`, body: { group: ['nobody'] }, status: 404 },
  ],
  'suspended people keep their roles, and are left out where they are not wanted': [
    {
      call: `GET ${developers}`,
      status: 200,
      answer: {
        actors: [
          { actorUser: { accountId: '712020:ana' } },
          { actorUser: { accountId: '712020:leo' } },
          { actorGroup: { groupId: payDevs } },
        ],
      },
    },
    {
      call: `GET ${developers}?excludeInactiveUsers=true`,
      status: 200,
      answer: { actors: [{ actorUser: { accountId: '712020:ana' } }, { actorGroup: { groupId: payDevs } }] },
    },
  ],
  'one DELETE takes one actor': [
    { call: `DELETE ${developers}?user=712020:ana&groupId=${payDevs}`, status: 400 },
    { call: `DELETE ${developers}?groupId=${payDevs}`, status: 204 },
    { call: `DELETE ${developers}?groupId=${payDevs}`, status: 404 },
  ],
  'an app is a user actor, and PUT wipes it': [
    {
      call: `GET ${api}/project/PAY/role/10002`,
      status: 200,
      answer: { actors: [{}, { type: 'atlassian-user-role-actor', actorUser: { accountId: '557058:app' } }] },
    },
    {
      call: `PUT ${api}/project/PAY/role/10002`,
      body: { categorisedActors: { 'atlassian-user-role-actor': ['712020:svc'] } },
      status: 200,
      answer: { actors: [{ actorUser: { accountId: '712020:svc' } }] },
    },
  ],
  'a hidden e-mail is not found by': [
    { call: `GET ${api}/user/search?query=hid@acme.com`, status: 200, answer: [] },
    { call: `GET ${api}/user?accountId=712020:ana`, status: 200, answer: { emailAddress: 'ana@acme.com' } },
  ],
  'members of a group come 50 a page at most, and those who are not active only on demand': [
    {
      call: `GET ${api}/group/member?groupId=${payDevs}&maxResults=500`,
      status: 200,
      answer: { maxResults: 50, total: 2 },
    },
    { call: `GET ${api}/group/member?groupId=${payDevs}&includeInactiveUsers=true`, status: 200, answer: { total: 3 } },
  ],
  'users/search lists apps and people who are not active, as a bare array': [
    {
      call: `GET ${api}/users/search?startAt=0&maxResults=1000`,
      status: 200,
      answer: [{}, {}, { active: false }, {}, {}, { active: false }, { accountType: 'app' }],
    },
    { call: `GET ${api}/users/search?startAt=7`, status: 200, answer: [] },
  ],
  'the seats and the default group of an app are in applicationrole': [
    {
      call: `GET ${api}/applicationrole`,
      status: 200,
      answer: [
        {
          key: 'jira-software',
          defaultGroupsDetails: [{ name: 'jira-users-acme' }],
          numberOfSeats: 3,
          remainingSeats: 1,
          userCount: 2,
        },
      ],
    },
  ],
  'permissions must be named': [{ call: `GET ${api}/mypermissions`, status: 400 }],
  'version 2, latest and the path of the site answer the same': [
    { call: 'GET /rest/api/2/myself', status: 200, answer: { accountId: '712020:svc' } },
    { call: 'GET /sites/acme/rest/api/latest/myself', status: 200, answer: { accountId: '712020:svc' } },
  ],
  'a classic token is for the site, a scoped one for the gateway': [
    { call: `GET ${api}/myself`, as: exampleCredentials.scopedToken, status: 401 },
    { call: `GET /ex/jira/${cloudId}${api}/myself`, as: exampleCredentials.token, status: 401 },
    { call: `GET /ex/jira/${cloudId}${api}/myself`, status: 200 },
  ],
  'serverInfo and tenant_info need no credential': [
    { call: `GET ${api}/serverInfo`, as: '', status: 200, answer: { deploymentType: 'Cloud' } },
    { call: 'GET /_edge/tenant_info', as: '', status: 200, answer: { cloudId } },
  ],
  'a route that is not there is 501 with the name of the operation': [
    { call: `POST ${api}/project`, body: { key: 'NEW' }, status: 501, answer: { operation: 'createProject' } },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('the token of a person who is suspended is worth nothing', async () => {
  await withSandbox({}, async (sandbox) => {
    sandbox.world.setStatus('svc@acme.com', 'suspended')
    expect((await call(sandbox, `GET ${api}/myself`)).status).toBe(401)
  })
})

test('both families of rate-limit headers come with every answer, the reset as a time', async () => {
  await withSandbox({ now: () => Date.parse('2026-11-25T10:20:00Z') }, async (sandbox) => {
    await call(sandbox, `GET ${api}/myself`)
    const { headers } = await call(sandbox, `GET ${api}/project/NONE`)
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-ratelimit-remaining': '99998',
      'x-ratelimit-reset': '2026-11-25T11:00:00.000Z',
      'ratelimit-policy': '"tenant-app-quota";q=100000;w=3600',
      ratelimit: '"tenant-app-quota";r=99998;t=2400',
      'x-aaccountid': '712020:svc',
    })
  })
})

test('a hidden e-mail is left out', async () => {
  await withSandbox({}, async (sandbox) => {
    expect((await call(sandbox, `GET ${api}/user?accountId=712020:hid`)).body).not.toHaveProperty('emailAddress')
  })
})
