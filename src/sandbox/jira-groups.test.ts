import { expect, test } from 'vitest'
import { tell, type Step } from './story.builder.ts'

const api = '/rest/api/3'
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const idpStaff = '0f1e2d3c-0000-4000-8000-000000000013'

const stories: Readonly<Record<string, readonly Step[]>> = {
  'a new group is empty, and everybody finds it at once': [
    {
      call: `POST ${api}/group`,
      body: { name: 'readers' },
      status: 201,
      answer: { name: 'readers', expand: 'users', users: { size: 0, items: [] } },
    },
    { call: `GET ${api}/group/bulk?groupName=READERS`, status: 200, answer: { total: 1, isLast: true } },
  ],
  'a name that is missing or in use is 400, whatever its case': [
    { call: `POST ${api}/group`, body: {}, status: 400 },
    {
      call: `POST ${api}/group`,
      body: { name: 'PAY-devs' },
      status: 400,
      answer: { errorMessages: ['A group or user with this name already exists.'], errors: {}, status: 400 },
    },
  ],
  'who is a member already is 400 with a text, and so is who is not': [
    {
      call: `POST ${api}/group/user?groupId=${payDevs}`,
      body: { accountId: '712020:ana' },
      status: 400,
      answer: { errorMessages: [expect.stringContaining('User is already a member of')] },
    },
    { call: `DELETE ${api}/group/user?groupId=${payDevs}&accountId=712020:ana`, status: 200 },
    {
      call: `DELETE ${api}/group/user?groupId=${payDevs}&accountId=712020:ana`,
      status: 400,
      answer: { errorMessages: [expect.stringContaining('not a member of')] },
    },
  ],
  'who was never invited, or is nobody, is 404': [
    { call: `POST ${api}/group/user?groupId=${payDevs}`, body: { accountId: '712020:new' }, status: 404 },
    { call: `POST ${api}/group/user?groupId=${payDevs}`, body: { accountId: 'nobody' }, status: 404 },
    { call: `DELETE ${api}/group/user?groupId=${payDevs}&accountId=nobody`, status: 404 },
    { call: `POST ${api}/group/user?groupname=nobody`, body: { accountId: '712020:ana' }, status: 404 },
  ],
  'a name instead of an account id is 400, as is a group that is named twice or not at all': [
    { call: `POST ${api}/group/user?groupId=${payDevs}`, body: { name: 'ana' }, status: 400 },
    {
      call: `POST ${api}/group/user?groupId=${payDevs}&groupname=pay-devs`,
      body: { accountId: '712020:hid' },
      status: 400,
    },
    { call: `DELETE ${api}/group/user?accountId=712020:ana`, status: 400 },
    { call: `DELETE ${api}/group`, status: 400 },
  ],
  'a group of an identity provider refuses every write': [
    { call: `POST ${api}/group/user?groupId=${idpStaff}`, body: { accountId: '712020:hid' }, status: 403 },
    { call: `DELETE ${api}/group/user?groupId=${idpStaff}&accountId=712020:ana`, status: 403 },
    { call: `DELETE ${api}/group?groupId=${idpStaff}`, status: 403 },
  ],
  'a group that is gone takes its roles along, and the default actors too': [
    { call: `POST ${api}/role/10001/actors`, body: { group: ['pay-devs'] }, status: 200 },
    { call: `DELETE ${api}/group?groupId=${payDevs}&swapGroup=idp-staff`, status: 200 },
    { call: `GET ${api}/group/member?groupId=${payDevs}`, status: 404 },
    {
      call: `GET ${api}/project/PAY/role/10001`,
      status: 200,
      answer: { actors: [{ actorUser: {} }, { actorUser: {} }] },
    },
    { call: `GET ${api}/role/10001/actors`, status: 200, answer: { actors: [] } },
  ],
  'a default group stays, and so does a group where the one to swap with is not there': [
    { call: `DELETE ${api}/group?groupname=jira-users-acme`, status: 400 },
    { call: `DELETE ${api}/group?groupId=${payDevs}&swapGroup=nobody`, status: 404 },
    { call: `GET ${api}/group/bulk?groupId=${payDevs}`, status: 200, answer: { total: 1 } },
  ],
  'the last seat of an app is the last one': [
    { call: `POST ${api}/group/user?groupname=jira-users-acme`, body: { accountId: '712020:hid' }, status: 201 },
    { call: `POST ${api}/group/user?groupname=jira-users-acme`, body: { accountId: '712020:out' }, status: 400 },
  ],
  'the picker shows 20 in order of their names, tells how many there are and marks what matched': [
    {
      call: `GET ${api}/groups/picker?query=users&maxResults=1`,
      status: 200,
      answer: {
        header: 'Showing 1 of 2 matching groups',
        total: 2,
        groups: [
          { name: 'confluence-users-acme', html: 'confluence-<b>users</b>-acme', managedBy: 'ADMINS', labels: [] },
        ],
      },
    },
    { call: `GET ${api}/groups/picker?query=USERS`, status: 200, answer: { total: 0, groups: [] } },
    { call: `GET ${api}/groups/picker?query=USERS&caseInsensitive=true`, status: 200, answer: { total: 2 } },
    {
      call: `GET ${api}/groups/picker?query=-&exclude=pay-devs&excludeId=${idpStaff}&maxResults=2`,
      status: 200,
      answer: { groups: [{ name: 'confluence-users-acme' }, { name: 'jira-users-acme' }] },
    },
  ],
  'groups are found by what they give': [
    {
      call: `GET ${api}/group/bulk?accessType=user&applicationKey=jira-software`,
      status: 200,
      answer: { total: 1, values: [{ name: 'jira-users-acme' }] },
    },
    { call: `GET ${api}/group/bulk?accessType=admin`, status: 200, answer: { total: 0, values: [] } },
    { call: `GET ${api}/group/bulk?accessType=all`, status: 400 },
  ],
  'a new user is invited, and has the app at once': [
    {
      call: `POST ${api}/user`,
      body: { emailAddress: 'zoe@acme.com', displayName: 'Zoe Z', products: ['jira-software'] },
      status: 201,
      answer: { emailAddress: 'zoe@acme.com', displayName: 'Zoe Z', active: true },
    },
    { call: `GET ${api}/group/member?groupname=jira-users-acme`, status: 200, answer: { total: 3 } },
    { call: `GET ${api}/user/search?query=zoe`, status: 200, answer: [{ displayName: 'Zoe Z' }] },
  ],
  'who has Jira already is answered, who is here without Jira refused, who was never invited invited': [
    { call: `POST ${api}/user`, body: { emailAddress: 'ANA@acme.com', products: [] }, status: 201 },
    { call: `POST ${api}/user`, body: { emailAddress: 'hid@acme.com', products: ['jira-software'] }, status: 400 },
    {
      call: `POST ${api}/user`,
      body: { emailAddress: 'new@acme.com', products: ['jira-software'] },
      status: 201,
      answer: { accountId: '712020:new' },
    },
    {
      call: `POST ${api}/user`,
      body: { emailAddress: 'more@acme.com', products: ['jira-software'] },
      status: 400,
      answer: { errorMessages: [expect.stringContaining('licensed users')] },
    },
    { call: `GET ${api}/user/search?query=more`, status: 200, answer: [] },
  ],
  'a user without an address, products or an app that is there is refused': [
    { call: `POST ${api}/user`, body: { products: [] }, status: 400 },
    { call: `POST ${api}/user`, body: { emailAddress: 'zoe@acme.com' }, status: 400 },
    { call: `POST ${api}/user`, body: { emailAddress: 'zoe@acme.com', products: ['jira-core'] }, status: 400 },
  ],
  'a user who is removed has lost every group and role': [
    { call: `DELETE ${api}/user?accountId=712020:ana`, status: 204 },
    { call: `DELETE ${api}/user?accountId=712020:ana`, status: 404 },
    { call: `GET ${api}/user?accountId=712020:ana`, status: 404 },
    { call: `GET ${api}/group/member?groupId=${payDevs}&includeInactiveUsers=true`, status: 200, answer: { total: 2 } },
    { call: `DELETE ${api}/user?accountId=712020:svc`, status: 400 },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})
