import { expect, test } from 'vitest'
import { call, valueAt } from './sandbox-client.builder.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'

const directory = '/admin/v2/orgs/0f1e2d3c-0000-4000-8000-000000000001/directories/-'
const manage = (who: string, rest = '') => `/users/712020:${who}/manage${rest}`
const scim = { allowed: false, reason: { key: 'externalDirectory.scim' } }
const violation = (field: string, key: string) => ({
  key: 'fieldConstraintsViolated',
  context: { fieldViolations: [{ field, violations: [{ key }] }] },
})

function search(question: object, data: readonly object[]): Step {
  return { call: `POST ${directory}/users/search`, body: question, status: 200, answer: { data } }
}

const stories: Readonly<Record<string, readonly Step[]>> = {
  'of an account that no directory owns everything is ours': [
    {
      call: `GET ${manage('hid', '?privileges=profile.write,email.set,lifecycle.delete')}`,
      status: 200,
      answer: {
        'profile.write': { name: { allowed: true }, 'extended_profile.job_title': { allowed: true } },
        'email.set': { allowed: true },
        'lifecycle.delete': { allowed: true },
      },
    },
  ],
  'what the SCIM directory says of an account is the identity provider to change, field by field': [
    {
      call: `GET ${manage('ana')}`,
      status: 200,
      answer: {
        'profile.write': { name: scim, nickname: scim, 'extended_profile.location': { allowed: true } },
        'email.set': scim,
        'lifecycle.enablement': scim,
        'apiToken.read': { allowed: true },
      },
    },
    {
      call: `PATCH ${manage('ana', '/profile')}`,
      body: { name: 'Anna', extended_profile: { location: 'Lima' } },
      status: 403,
      answer: { key: 'forbidden.fieldMutation', context: { name: scim } },
    },
    {
      call: `PATCH ${manage('ana', '/profile')}`,
      body: { extended_profile: { location: 'Lima' } },
      status: 200,
      answer: { account: { name: 'Ana Ruiz', extended_profile: { location: 'Lima', job_title: 'Engineer' } } },
    },
    { call: `POST ${manage('ana', '/lifecycle/disable')}`, body: {}, status: 403, answer: { context: scim } },
  ],
  'the name of an account whose policy enforces SSO is set on login': [
    {
      call: 'POST /admin/control/v1/orgs/0f1e2d3c-0000-4000-8000-000000000001/auth-policy/0f1e2d3c-0000-4000-8000-000000000020/add-users',
      body: { users: ['hid@acme.com'] },
      status: 202,
    },
    {
      call: `GET ${manage('hid', '?privileges=profile.write')}`,
      status: 200,
      answer: {
        'profile.write': {
          name: { allowed: false, reason: { key: 'authPolicy.saml' } },
          nickname: { allowed: true },
        },
      },
    },
  ],
  'nobody closes the account that owns the key': [
    {
      call: `POST ${manage('svc', '/lifecycle/delete')}`,
      status: 403,
      answer: { key: 'forbidden.action', context: { reason: { key: 'administrative.notMyself' } } },
    },
  ],
  'an account that is not managed is 403 whatever is asked, and one that is not there 404': [
    ...['', '/profile', '/api-tokens'].map((rest) => ({
      call: `GET ${manage('out', rest)}`,
      status: 403,
      answer: { key: 'forbidden' },
    })),
    { call: `GET ${manage('nobody')}`, status: 404, answer: { key: 'accountNotFound' } },
  ],
  'a profile is changed for every view, and a wrong part leaves all of it as it was': [
    {
      call: `PATCH ${manage('hid', '/profile')}`,
      body: { name: 'Hana Hidden', nickname: 'x'.repeat(31) },
      status: 400,
      answer: violation('nickname', 'maxLength'),
    },
    {
      call: `PATCH ${manage('hid', '/profile')}`,
      body: { name: 'x'.repeat(101) },
      status: 400,
      answer: violation('name', 'maxLength'),
    },
    {
      call: `PATCH ${manage('hid', '/profile')}`,
      body: { name: 'a\u0007' },
      status: 400,
      answer: violation('name', 'validCharacters'),
    },
    { call: `PATCH ${manage('hid', '/profile')}`, body: { email: 'x@acme.com' }, status: 400 },
    search({ accountIds: ['712020:hid'] }, [{ name: 'Hidden Hana' }]),
    {
      call: `PATCH ${manage('hid', '/profile')}`,
      body: { name: 'x'.repeat(100), nickname: 'y'.repeat(30), extended_profile: { job_title: 'Analyst' } },
      status: 200,
    },
    search({ accountIds: ['712020:hid'] }, [{ name: 'x'.repeat(100), nickname: 'y'.repeat(30), jobTitle: 'Analyst' }]),
    { call: 'GET /rest/api/3/user?accountId=712020:hid', status: 200, answer: { displayName: 'x'.repeat(100) } },
  ],
  'a new address is in every view and the id stays': [
    { call: `PUT ${manage('svc', '/email')}`, body: { email: 'robot@acme.com' }, status: 204 },
    search({ emails: ['robot@acme.com'] }, [{ accountId: '712020:svc', email: 'robot@acme.com' }]),
    search({ emails: ['svc@acme.com'] }, []),
    { call: `GET ${manage('svc', '/profile')}`, status: 200, answer: { account: { email: 'robot@acme.com' } } },
    {
      call: 'GET /rest/api/3/myself',
      as: `Basic ${Buffer.from('robot@acme.com:acme-api-token').toString('base64')}`,
      status: 200,
      answer: { accountId: '712020:svc' },
    },
    { call: 'GET /rest/api/3/myself', status: 401 },
  ],
  'an address of a domain that is not verified is refused with the domain': [
    {
      call: `PUT ${manage('hid', '/email')}`,
      body: { email: 'hana@partner.io' },
      status: 403,
      answer: { key: 'forbidden.unclaimedDomain', context: { domain: 'partner.io' } },
    },
  ],
  'an address that another account has is refused': [
    { call: `PUT ${manage('hid', '/email')}`, body: { email: 'ANA@acme.com' }, status: 400 },
  ],
  'deletion deactivates, is neither asked for twice nor opened, and can be cancelled': [
    { call: `POST ${manage('hid', '/lifecycle/delete')}`, status: 200 },
    search({ status: ['for_deletion'] }, [{ accountId: '712020:hid', accountStatus: 'inactive' }]),
    {
      call: `POST ${manage('hid', '/lifecycle/delete')}`,
      status: 409,
      answer: { key: 'conflict.lifecycleErrors', context: { accountId: '712020:hid' } },
    },
    { call: `POST ${manage('hid', '/lifecycle/enable')}`, status: 409 },
    { call: `POST ${manage('hid', '/lifecycle/cancel-delete')}`, status: 200 },
    search({ accountIds: ['712020:hid'] }, [{ status: 'active' }]),
    { call: `POST ${manage('hid', '/lifecycle/cancel-delete')}`, status: 404, answer: { key: 'notFound' } },
  ],
  'tokens are listed with their dates, and one that is deleted opens nothing': [
    {
      call: `GET ${manage('hid', '/api-tokens')}`,
      status: 200,
      answer: [{ id: 'token-hid', label: 'backup script', expiry: '2026-12-31T00:00:00.000Z' }],
    },
    { call: `DELETE ${manage('hid', '/api-tokens/token-hid')}`, status: 204 },
    { call: `GET ${manage('hid', '/api-tokens')}`, status: 200, answer: [] },
    { call: `DELETE ${manage('hid', '/api-tokens/token-hid')}`, status: 404 },
  ],
  'a body that is not JSON is not parsed': [
    { call: `PATCH ${manage('hid', '/profile')}`, body: [], status: 400, answer: { key: 'bodyParseFailure' } },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('a token that works is listed too, and deleting it shuts the site', async () => {
  await withSandbox({}, async (sandbox) => {
    const { body } = await call(sandbox, `GET ${manage('svc', '/api-tokens')}`)
    expect(body).toMatchObject([{ label: 'svc' }, { label: 'svc-scoped' }])
    expect((await call(sandbox, 'GET /rest/api/3/myself')).status).toBe(200)
    await call(sandbox, `DELETE ${manage('svc', `/api-tokens/${String(valueAt(body, 0, 'id'))}`)}`)
    expect((await call(sandbox, 'GET /rest/api/3/myself')).status).toBe(401)
  })
})

test('after 14 days a deleted account is gone: from lists, groups and policies, and its address is free', async () => {
  let nowMs = Date.parse('2026-11-25T00:00:00Z')
  await withSandbox({ now: () => nowMs }, async (sandbox) => {
    sandbox.world.addMember('pay-devs', 'hid@acme.com')
    await call(sandbox, `POST ${manage('hid', '/lifecycle/delete')}`)
    nowMs += 14 * 24 * 3_600_000 - 1
    expect((await call(sandbox, `GET ${manage('hid')}`)).status).toBe(200)
    expect(sandbox.world.export().accounts).toContainEqual(
      expect.objectContaining({ id: '712020:hid', deletesAt: '2026-12-09T00:00:00.000Z' }),
    )
    nowMs += 1
    expect((await call(sandbox, `GET ${manage('hid')}`)).status).toBe(404)
    expect(sandbox.world.members('pay-devs')).not.toContain('712020:hid')
    const found = await call(sandbox, `POST ${directory}/users/search`, { accountIds: ['712020:hid'] })
    expect(valueAt(found.body, 'data')).toEqual([])
    expect((await call(sandbox, `PUT ${manage('new', '/email')}`, { email: 'hid@acme.com' })).status).toBe(204)
    expect(sandbox.world.export().accounts.map(({ id }) => id)).not.toContain('712020:hid')
  })
})

test('a key of the organization opens nothing from its end on', async () => {
  let nowMs = Date.parse('2099-12-30T00:00:00Z')
  await withSandbox({ now: () => nowMs }, async (sandbox) => {
    expect((await call(sandbox, 'GET /admin/v1/orgs')).status).toBe(200)
    nowMs = Date.parse('2099-12-31T00:00:00Z')
    expect((await call(sandbox, 'GET /admin/v1/orgs')).status).toBe(401)
  })
})
