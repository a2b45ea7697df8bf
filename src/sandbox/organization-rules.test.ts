import { expect, test } from 'vitest'
import { exampleWorld } from './example-world.builder.ts'
import { call } from './sandbox-client.builder.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'

const org = '0f1e2d3c-0000-4000-8000-000000000001'
const v1 = `/admin/v1/orgs/${org}`
const directory = `/admin/v2/orgs/${org}/directories/-`
const invite = `POST /admin/v2/orgs/${org}/users/invite`
const jira = 'ari:cloud:jira-software::site/0f1e2d3c-0000-4000-8000-000000000004'
const confluence = 'ari:cloud:confluence::site/0f1e2d3c-0000-4000-8000-000000000004'
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const admins = '0f1e2d3c-0000-4000-8000-000000000090'

const user = (resource: string) => ({ resource, role: 'atlassian/user' })
const failure = (code: string) => ({ errors: [{ code }] })
const found = (question: object, data: readonly object[]): Step => ({
  call: `POST ${directory}/users/search`,
  body: { expand: ['groups', 'platformRoles'], ...question },
  status: 200,
  answer: { data },
})

const stories: Readonly<Record<string, readonly Step[]>> = {
  'where seats are left for some, each is told whether it got one': [
    {
      call: invite,
      body: { emails: ['one@acme.com', 'two@acme.com'], permissionRules: [user(jira)] },
      status: 206,
      answer: {
        data: [
          { email: 'one@acme.com', results: [{ roleAssignmentResult: [{ status: 'INVITED', statusReason: null }] }] },
          {
            email: 'two@acme.com',
            results: [
              { roleAssignmentResult: [{ status: 'ERROR', statusReason: expect.stringContaining('no seat') }] },
            ],
          },
        ],
      },
    },
  ],
  'where no seat is left for anybody, nobody is invited at all': [
    { call: invite, body: { emails: ['one@acme.com'], permissionRules: [user(jira)] }, status: 200 },
    {
      call: invite,
      body: { emails: ['two@acme.com'], permissionRules: [user(confluence), user(jira)] },
      status: 409,
      answer: failure('ADMIN-UAM-409-3'),
    },
    found({ emails: ['two@acme.com'] }, []),
  ],
  'who has a seat may be invited again when none is left': [
    { call: invite, body: { emails: ['one@acme.com'], permissionRules: [user(jira)] }, status: 200 },
    { call: invite, body: { emails: ['one@acme.com'], permissionRules: [user(jira)] }, status: 200 },
  ],
  'a group, resource or role that is not there is 404, and nobody is invited': [
    { call: invite, body: { emails: ['one@acme.com'], additionalGroups: ['none'] }, status: 404 },
    { call: invite, body: { emails: ['one@acme.com'], additionalGroups: ['pay-devs'] }, status: 404 },
    { call: invite, body: { emails: ['one@acme.com'], permissionRules: [user(`${jira}x`)] }, status: 404 },
    {
      call: invite,
      body: { emails: ['one@acme.com'], permissionRules: [{ resource: jira, role: 'atlassian/owner' }] },
      status: 404,
    },
    found({ emails: ['one@acme.com'] }, []),
  ],
  'an address that is none is refused': [{ call: invite, body: { emails: ['one'] }, status: 400 }],
  'a deactivated account is not let in by an invitation': [
    {
      call: invite,
      body: { emails: ['off@acme.com'], additionalGroups: [payDevs] },
      status: 206,
      answer: { data: [{ results: [{ groupAssignmentResult: [{ status: 'ERROR' }] }] }] },
    },
  ],
  'another role of an app is given by the group that has it': [
    {
      call: `POST ${directory}/groups/${payDevs}/role-assignments/assign`,
      body: { resourceId: confluence, roleId: 'atlassian/admin' },
      status: 200,
    },
    {
      call: `POST ${v1}/users/712020:hid/roles/assign`,
      body: { role: 'atlassian/admin', resource: confluence },
      status: 204,
    },
    found({ accountIds: ['712020:hid'] }, [{ groups: [{ name: 'pay-devs' }] }]),
    {
      call: `POST ${v1}/users/712020:hid/roles/assign`,
      body: { role: 'atlassian/guest', resource: confluence },
      status: 400,
      answer: failure('ADMIN-UAM-400-3'),
    },
  ],
  'lists are sorted by the one field that they have for it': [
    {
      call: `POST ${directory}/groups/search`,
      body: { sortBy: [{ field: 'name', direction: 'desc' }], groupNames: ['idp-staff', 'pay-devs'] },
      status: 200,
      answer: { data: [{ name: 'pay-devs' }, { name: 'idp-staff' }] },
    },
    {
      call: `POST ${directory}/users/search`,
      body: { sortBy: [{ field: 'nick_name', direction: 'asc' }], accountIds: ['712020:hid', '712020:ana'] },
      status: 200,
      answer: { data: [{ name: 'Ana Ruiz' }, { name: 'Hidden Hana' }] },
    },
    { call: `POST ${directory}/groups/search`, body: { sortBy: [{ field: 'id', direction: 'asc' }] }, status: 400 },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('the group of the organization admins is joined by the role, and even the last one may go', async () => {
  const example = exampleWorld()
  const group = { id: admins, name: 'org-admins', platformRole: 'atlassian/org-admin', members: ['svc@acme.com'] }
  await withSandbox({ world: { ...example, groups: [...example.groups, group] } }, async (sandbox) => {
    const status = async (line: string, body?: object) => (await call(sandbox, line, body)).status
    const role = { role: 'atlassian/org-admin' }
    const memberships = `${directory}/groups/${admins}/memberships`
    expect(await status(`POST ${memberships}`, { accountId: '712020:hid' })).toBe(403)
    expect(await status(invite, { emails: ['hid@acme.com'], additionalGroups: [admins] })).toBe(206)
    expect(await status(`POST ${v1}/users/712020:hid/role-assignments/assign`, role)).toBe(204)
    expect(sandbox.world.members('org-admins')).toEqual(['712020:svc', '712020:hid'])
    expect(await status(`POST ${v1}/users/712020:svc/role-assignments/revoke`, role)).toBe(204)
    expect(await status(`DELETE ${memberships}/712020:hid`)).toBe(204)
    const { body } = await call(sandbox, `POST ${directory}/users/search`, {
      accountIds: ['712020:svc', '712020:hid'],
      expand: ['platformRoles'],
    })
    expect(body).toMatchObject({ data: [{ platformRoles: [] }, { platformRoles: [] }] })
    expect(await status(`DELETE ${directory}/groups/${admins}`)).toBe(403)
  })
})

test('two groups of the sites are in no list of the organization', async () => {
  await withSandbox({}, async (sandbox) => {
    sandbox.world.addGroup({ id: 'system', name: 'system-administrators', members: ['svc@acme.com'] })
    const reply = await call(sandbox, `POST ${directory}/groups/search`, { groupNames: ['system-administrators'] })
    expect(reply.body).toMatchObject({ data: [] })
  })
})
