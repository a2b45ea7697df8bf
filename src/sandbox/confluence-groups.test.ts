import { expect, test } from 'vitest'
import { tell, withSandbox, type Step } from './story.builder.ts'
import { call } from './sandbox-client.builder.ts'

const v1 = '/wiki/rest/api'
const v2 = '/wiki/api/v2'
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const idpStaff = '0f1e2d3c-0000-4000-8000-000000000013'
const wikiEditors = '0f1e2d3c-0000-4000-8000-000000000014'
const nobody = '0f1e2d3c-0000-4000-8000-0000000000ff'
const members = `${v1}/group/userByGroupId`

const join = (groupId: string, accountId: string, status: number): Step => ({
  call: `POST ${members}?groupId=${groupId}`,
  body: { accountId },
  status,
})

const leave = (groupId: string, accountId: string, status: number): Step => ({
  call: `DELETE ${members}?groupId=${groupId}&accountId=${accountId}`,
  status,
})

const stories: Readonly<Record<string, readonly Step[]>> = {
  'groups are listed in order of their names, and the next page is relative to the base': [
    {
      call: `GET ${v1}/group?limit=2`,
      status: 200,
      answer: {
        results: [{ name: 'confluence-users-acme' }, { name: 'idp-staff', managedBy: 'EXTERNAL' }],
        start: 0,
        limit: 2,
        size: 2,
        _links: { next: '/rest/api/group?limit=2&start=2', base: expect.stringMatching(/\/wiki$/), context: '/wiki' },
      },
    },
    { call: `GET ${v1}/group?limit=1000`, status: 200, answer: { limit: 200 } },
    { call: `GET ${v1}/group?accessType=user`, status: 200, answer: { results: [{ name: 'confluence-users-acme' }] } },
    { call: `GET ${v1}/group?accessType=admin`, status: 200, answer: { results: [] } },
  ],
  'the picker finds a part of the name, and counts where that is asked': [
    {
      call: `GET ${v1}/group/picker?query=USERS&limit=1&shouldReturnTotalSize=true`,
      status: 200,
      answer: { results: [{ name: 'confluence-users-acme' }], totalSize: 2 },
    },
    { call: `GET ${v1}/group/picker`, status: 400 },
  ],
  'the members of a group leave out who is suspended': [
    {
      call: `GET ${v1}/group/${payDevs}/membersByGroupId`,
      status: 200,
      answer: { results: [{ accountId: '712020:ana' }, { accountId: '557058:app', accountType: 'app' }], size: 2 },
    },
  ],
  'a page of members above 200 is refused': [
    { call: `GET ${v1}/group/${payDevs}/membersByGroupId?limit=200`, status: 200 },
    { call: `GET ${v1}/group/${payDevs}/membersByGroupId?limit=201`, status: 400 },
  ],
  'a member is added with 201, and nobody learns who was one before': [
    join(wikiEditors, '712020:hid', 201),
    join(wikiEditors, '712020:hid', 201),
    { call: `GET ${v1}/user/memberof?accountId=712020:hid`, status: 200, answer: { results: [{ id: wikiEditors }] } },
    leave(wikiEditors, '712020:hid', 204),
    leave(wikiEditors, '712020:hid', 204),
    { call: `GET ${v1}/user/memberof?accountId=712020:hid`, status: 200, answer: { results: [] } },
  ],
  'who is not there is 404, and what is not said 400': [
    join(nobody, '712020:hid', 404),
    join(wikiEditors, '712020:new', 404),
    join(wikiEditors, '', 400),
    leave(wikiEditors, '712020:nobody', 404),
    { call: `GET ${v1}/group/by-id?id=${nobody}`, status: 404 },
    { call: `GET ${v1}/group/by-id`, status: 400 },
  ],
  'a group that an identity provider owns is read only': [
    join(idpStaff, '712020:hid', 403),
    leave(idpStaff, '712020:ana', 403),
    { call: `DELETE ${v1}/group/by-id?id=${idpStaff}`, status: 403 },
  ],
  'a group is made with a free name, and a default group is not deleted': [
    {
      call: `POST ${v1}/group`,
      body: { name: 'wiki-readers' },
      status: 201,
      answer: { type: 'group', name: 'wiki-readers', usageType: 'USERBASE_GROUP', managedBy: 'ADMINS' },
    },
    { call: `POST ${v1}/group`, body: { name: 'Wiki-Readers' }, status: 400, answer: { message: 'Bad Request' } },
    { call: `POST ${v1}/group`, body: { name: ' ' }, status: 400 },
    { call: `DELETE ${v1}/group/by-id?id=0f1e2d3c-0000-4000-8000-000000000011`, status: 400 },
    { call: `DELETE ${v1}/group/by-id?id=${wikiEditors}`, status: 204 },
    { call: `DELETE ${v1}/group/by-id?id=${wikiEditors}`, status: 404 },
  ],
  'people are found by many ids in both versions': [
    {
      call: `GET ${v1}/user/bulk?accountId=712020:ana&accountId=712020:nobody`,
      status: 200,
      answer: { results: [{ accountId: '712020:ana', email: 'ana@acme.com' }], size: 1 },
    },
    {
      call: `POST ${v2}/users-bulk`,
      body: { accountIds: ['712020:off', '712020:hid'] },
      status: 200,
      answer: {
        results: [
          { accountId: '712020:off', accountStatus: 'inactive' },
          { accountId: '712020:hid', email: '' },
        ],
      },
    },
    { call: `POST ${v2}/users-bulk`, body: { accountIds: [] }, status: 400 },
  ],
  'an invitation by e-mail gives the app': [
    {
      call: `POST ${v2}/user/access/check-access-by-email`,
      body: { emails: ['ana@acme.com', 'ines@acme.com', 'nobody'] },
      status: 200,
      answer: { emailsWithoutAccess: ['ines@acme.com'], invalidEmails: ['nobody'] },
    },
    { call: `POST ${v2}/user/access/invite-by-email`, body: { emails: ['ines@acme.com'] }, status: 200 },
    {
      call: `POST ${v2}/user/access/check-access-by-email`,
      body: { emails: ['ines@acme.com'] },
      status: 200,
      answer: { emailsWithoutAccess: [] },
    },
    { call: `POST ${v2}/user/access/invite-by-email`, body: { emails: ['nobody'] }, status: 400 },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('the pages of a list make the list', async () => {
  await withSandbox({}, async (sandbox) => {
    const names: string[] = []
    let path: string | undefined = '/rest/api/group?limit=2'
    while (path !== undefined) {
      const { body } = await call(sandbox, `GET /wiki${path}`)
      const { results, _links } = body as { results: readonly { name: string }[]; _links: { next?: string } }
      names.push(...results.map(({ name }) => name))
      path = _links.next
    }
    expect(names).toEqual(['confluence-users-acme', 'idp-staff', 'jira-users-acme', 'pay-devs', 'wiki-editors'])
  })
})
