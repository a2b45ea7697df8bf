import { expect, test } from 'vitest'
import { call, valueAt } from './sandbox-client.builder.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'

const org = '0f1e2d3c-0000-4000-8000-000000000001'
const v1 = `/admin/v1/orgs/${org}`
const directory = `/admin/v2/orgs/${org}/directories/0f1e2d3c-0000-4000-8000-000000000002`
const control = `/admin/control/v1/orgs/${org}`
const contractors = `${control}/auth-policy/0f1e2d3c-0000-4000-8000-000000000021`
const scim = '/scim/directory/0f1e2d3c-0000-4000-8000-000000000003'
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const developers = 'GET /rest/api/3/project/PAY/role/10001'

const gone = (line: string): Step => ({ call: line, body: {}, status: 501, answer: { operation: 'unknown' } })

const search = (question: object, answer: object): Step => ({
  call: `POST ${directory}/users/search`,
  body: question,
  status: 200,
  answer,
})

const stories: Readonly<Record<string, readonly Step[]>> = {
  'the searches and writes of version 1 are not answered': [
    gone(`POST ${v1}/users/search`),
    gone(`POST ${v1}/groups/search`),
    gone(`POST ${v1}/users/invite`),
    gone(`POST ${v1}/directory/groups`),
    gone(`POST ${v1}/directory/groups/${payDevs}/memberships`),
    gone(`POST ${v1}/directory/users/712020:ana/suspend-access`),
    gone(`POST ${v1}/directory/users/712020:ana/restore-access`),
    gone(`DELETE ${v1}/directory/users/712020:ana`),
  ],
  'who is suspended keeps groups and project roles': [
    { call: `POST ${directory}/users/712020:ana/suspend`, body: {}, status: 204 },
    search(
      { accountIds: ['712020:ana'], expand: ['groups'] },
      { data: [{ status: 'suspended', accountStatus: 'active', groups: [{}, {}, { name: 'pay-devs' }, {}] }] },
    ),
    { call: developers, status: 200, answer: { actors: [{ actorUser: { accountId: '712020:ana' } }, {}, {}] } },
  ],
  'who is suspended need not be managed, and who is disabled must be': [
    { call: `POST ${directory}/users/712020:out/suspend`, body: {}, status: 204 },
    search({ accountIds: ['712020:out'] }, { data: [{ status: 'suspended', claimStatus: 'unmanaged' }] }),
    { call: 'POST /users/712020:out/manage/lifecycle/disable', body: {}, status: 403 },
    { call: 'POST /users/712020:hid/manage/lifecycle/disable', body: {}, status: 204 },
    search({ accountIds: ['712020:hid'] }, { data: [{ status: 'deactivated', membershipStatus: 'active' }] }),
  ],
  'who comes from the identity provider is disabled there': [
    { call: 'POST /users/712020:ana/manage/lifecycle/disable', body: {}, status: 403 },
    {
      call: `PATCH ${scim}/Users/scim-ana`,
      body: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'active', value: false }],
      },
      status: 200,
    },
    search({ accountIds: ['712020:ana'] }, { data: [{ status: 'deactivated' }] }),
  ],
  'people are searched whether the organization manages them or not': [
    search({ accountIds: ['712020:out', '712020:hid'] }, { data: [{ claimStatus: 'unmanaged' }, {}] }),
    { call: `GET ${directory}/users/712020:out`, status: 200, answer: { data: { email: 'out@partner.io' } } },
  ],
  'the policy of an account is asked for with a POST, and by account id': [
    { call: `GET ${control}/users/auth-policies/bulk-fetch?accountIds=712020:ana`, status: 501 },
    { call: `POST ${control}/users/auth-policies/bulk-fetch`, body: { emails: ['ana@acme.com'] }, status: 400 },
    {
      call: `POST ${control}/users/auth-policies/bulk-fetch`,
      body: { accountIds: ['712020:ana'] },
      status: 200,
      answer: [{ authPolicyInfo: { policyId: '0f1e2d3c-0000-4000-8000-000000000020' } }],
    },
  ],
  'policies themselves are neither listed nor written': [
    { call: `GET ${control}/auth-policy`, status: 501 },
    { call: `GET ${contractors}`, status: 501 },
    { call: `PUT ${contractors}`, body: {}, status: 501 },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('a move to another policy is a task, which tells the addresses that it could not move', async () => {
  await withSandbox({}, async (sandbox) => {
    const users = ['ana@acme.com', '712020:hid', 'out@partner.io']
    const { status, body } = await call(sandbox, `POST ${contractors}/add-users`, { users })
    expect(status).toBe(202)
    const task = await call(sandbox, `GET ${control}/auth-policy/task/${valueAt(body, 'taskId') as string}`)
    // an account id is no address, and nobody outside the verified domains is in any policy
    expect(task.body).toMatchObject({
      successCount: 1,
      failureCount: 2,
      failureReasons: [{ emails: ['712020:hid', 'out@partner.io'] }],
    })
  })
})

test.each(['5b10a2844c20165700ede21a', '557058:0f1e2d3c-0000-4000-8000-0000000000aa', 'qm:0f1e:a_b-c|d'])(
  'the account id %s is one like any other',
  async (id) => {
    await withSandbox({}, async (sandbox) => {
      sandbox.world.addAccount({ id, email: 'some@acme.com', name: 'Some Body' })
      expect((await call(sandbox, `POST ${directory}/groups/${payDevs}/memberships`, { accountId: id })).status).toBe(
        204,
      )
      const found = await call(sandbox, `POST ${directory}/users/search`, { accountIds: [id], expand: ['groups'] })
      expect(found.body).toMatchObject({ data: [{ accountId: id, groups: [{ name: 'pay-devs' }] }] })
      const removal = `DELETE ${directory}/groups/${payDevs}/memberships/${encodeURIComponent(id)}`
      expect((await call(sandbox, removal)).status).toBe(204)
    })
  },
)
