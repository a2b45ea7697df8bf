import { expect, test } from 'vitest'
import { call, valueAt } from './sandbox-client.builder.ts'
import type { Sandbox } from './start-sandbox.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'

const org = '0f1e2d3c-0000-4000-8000-000000000001'
const v1 = `/admin/v1/orgs/${org}`
const directory = `/admin/v2/orgs/${org}/directories/0f1e2d3c-0000-4000-8000-000000000002`

const stories: Readonly<Record<string, readonly Step[]>> = {
  'the domains are those that are verified': [
    {
      call: `GET ${v1}/domains`,
      status: 200,
      answer: { data: [{ attributes: { name: 'acme.com', claim: { type: 'dns', status: 'verified' } } }] },
    },
  ],
  'v1 users are the managed accounts alone, also without a membership, in snake_case': [
    {
      call: `GET ${v1}/users`,
      status: 200,
      answer: {
        data: ['svc', 'ana', 'leo', 'hid', 'new', 'off'].map((name) => ({ account_id: `712020:${name}` })),
        meta: { total: 6 },
      },
    },
  ],
  'who never used an app has no date, and a date is of the app that was used': [
    {
      call: `POST ${directory}/groups/0f1e2d3c-0000-4000-8000-000000000010/memberships`,
      body: { accountId: '712020:hid' },
      status: 204,
    },
    {
      call: `GET ${v1}/directory/users/712020:hid/last-active-dates`,
      status: 200,
      answer: {
        data: {
          added_to_org: '2024-01-01',
          product_access: [{ key: 'jira-software', last_active: '2026-11-20' }],
        },
        links: {},
      },
    },
    {
      call: `GET ${v1}/directory/users/712020:ana/last-active-dates`,
      status: 200,
      answer: { data: { product_access: [] } },
    },
    {
      call: `POST ${directory}/users/search`,
      body: { accountIds: ['712020:hid'], expand: ['productAccess'] },
      status: 200,
      answer: { data: [{ productAccess: [{ lastActiveTimestamp: '2026-11-20T09:30:00.000Z' }] }] },
    },
  ],
  'policies are not authentication policies': [{ call: `GET ${v1}/policies`, status: 200, answer: { data: [] } }],
  'a wrong cursor is refused': [
    { call: `GET ${v1}/users?cursor=x`, status: 400, answer: { errors: [{ code: 'ADMIN-400-1' }] } },
  ],
  'stats count accounts and groups': [
    {
      call: `GET ${directory}/users/stats`,
      status: 200,
      answer: {
        accountStatus: [
          { status: 'active', count: 6 },
          { status: 'inactive', count: 1 },
        ],
        roles: expect.arrayContaining([{ roleId: 'atlassian/org-admin', count: 1 }]),
      },
    },
    {
      call: `GET ${directory}/groups/stats`,
      status: 200,
      answer: { totals: { managed: 1, synced: 1 }, types: [{ type: 'USERBASE_GROUP' }] },
    },
  ],
  'the deprecated lists take the filters of the searches as a query': [
    {
      call: `GET ${directory}/users?claimStatus=unmanaged`,
      status: 200,
      answer: { data: [{ accountId: '712020:out' }] },
    },
    {
      call: `GET ${directory}/groups?searchTerm=pay&includeUsers=true`,
      status: 200,
      answer: { data: [{ name: 'pay-devs', counts: { users: 2 } }] },
    },
  ],
  'an event of people who were named by e-mail carries their ids': [
    { call: `POST /admin/v2/orgs/${org}/users/invite`, body: { emails: ['NEW@acme.com'] }, status: 200 },
    {
      call: `GET ${v1}/events?action=invite_users`,
      status: 200,
      answer: { data: [{ attributes: { context: [{ id: '712020:new', type: 'users' }] } }] },
    },
  ],
  'the actions that there may be are listed, of every API': [
    {
      call: `GET ${v1}/event-actions`,
      status: 200,
      answer: {
        data: expect.arrayContaining(
          [
            ['create_group', 'Create group', 'admin'],
            ['deactivate_user', 'Deactivate user', 'admin'],
            ['add_actor_users', 'Add actor users', 'jira'],
          ].map(([id, displayName, groupDisplayName]) => ({
            id,
            type: 'event-actions',
            attributes: { displayName, groupDisplayName },
          })),
        ),
      },
    },
  ],
  'an event that is not there is 404, and a time that is none 400': [
    { call: `GET ${v1}/events/none`, status: 404, answer: { errors: [{ code: 'ADMIN-404-4' }] } },
    { call: `GET ${v1}/events?from=today`, status: 400, answer: { errors: [{ code: 'ADMIN-400-3' }] } },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('a cursor of a v2 list is bare and stands for all: other parameters beside it are discarded', async () => {
  await withSandbox({}, async (sandbox) => {
    const first = await call(sandbox, `GET ${directory}/users?limit=2&claimStatus=managed`)
    const cursor = String(valueAt(first.body, 'links', 'next'))
    expect(cursor).not.toContain('/')
    const second = await call(sandbox, `GET ${directory}/users?cursor=${cursor}&limit=100&claimStatus=unmanaged`)
    expect(idsIn(second.body)).toEqual(['712020:leo', '712020:hid'])
  })
})

test('a next link of v1 is a whole address, and following it reads the list to its end', async () => {
  await withSandbox({}, async (sandbox) => {
    for (let index = 0; index < 150; index++) {
      sandbox.world.addAccount({ id: `712020:p${index}`, email: `p${index}@acme.com`, name: `Person ${index}` })
    }
    const first = await call(sandbox, `GET ${v1}/users`)
    const next = String(valueAt(first.body, 'links', 'next'))
    expect(next).toMatch(new RegExp(`^${sandbox.url}${v1}/users\\?cursor=`))
    const second = await call(sandbox, `GET ${next.slice(sandbox.url.length)}`)
    expect([valueAt(first.body, 'data', 'length'), valueAt(second.body, 'data', 'length')]).toEqual([100, 56])
    expect(valueAt(second.body, 'links', 'next')).toBeUndefined()
  })
})

async function join(sandbox: Sandbox, ...people: readonly string[]): Promise<void> {
  for (const accountId of people) {
    await call(sandbox, `POST ${directory}/groups/0f1e2d3c-0000-4000-8000-000000000012/memberships`, { accountId })
  }
}

const about = (body: unknown) =>
  (valueAt(body, 'data') as unknown[]).map(
    (event) =>
      (valueAt(event, 'attributes', 'context') as { id: string; type: string }[]).find(({ type }) => type === 'users')
        ?.id,
  )

test('every write through an API is an event with actor, action and what it was about, and a refused one is none', async () => {
  await withSandbox({}, async (sandbox) => {
    await join(sandbox, '712020:hid', '712020:hid')
    await call(sandbox, 'POST /rest/api/3/project/PAY/role/10001', { user: ['712020:hid'] })
    await call(sandbox, 'PATCH /scim/directory/0f1e2d3c-0000-4000-8000-000000000003/Users/scim-ana', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'title', value: 'Lead' }],
    })
    const { body } = await call(sandbox, `GET ${v1}/events`)
    expect(valueAt(body, 'data')).toMatchObject([
      { attributes: { actor: { id: 'entra', name: 'entra' }, context: [{ id: '712020:ana', type: 'users' }] } },
      {
        attributes: {
          action: 'add_actor_users',
          actor: { id: '712020:svc', auth: { tokenLabel: 'svc' } },
          context: expect.arrayContaining([{ id: '712020:hid', type: 'users' }]),
        },
      },
      {
        attributes: {
          action: 'add_user_to_group',
          actor: { id: '712020:svc', email: 'svc@acme.com', auth: { authType: 'api-token', tokenLabel: 'ci' } },
          context: [{ type: 'groups' }, { id: '712020:hid', type: 'users' }],
        },
      },
    ])
    const jira = await call(sandbox, `GET ${v1}/events?product=jira`)
    expect(valueAt(jira.body, 'data', 'length')).toBe(1)
  })
})

test('events come newest first, page by page, and what happens meanwhile moves no page', async () => {
  await withSandbox({}, async (sandbox) => {
    await join(sandbox, '712020:hid', '712020:out', '712020:svc')
    const first = await call(sandbox, `GET ${v1}/events?limit=2&action=add_user_to_group`)
    expect(about(first.body)).toEqual(['712020:svc', '712020:out'])
    await join(sandbox, '712020:off')
    const next = String(valueAt(first.body, 'links', 'next'))
    expect(next.endsWith(`cursor=${String(valueAt(first.body, 'meta', 'next'))}`)).toBe(true)
    const second = await call(sandbox, `GET ${next.slice(sandbox.url.length)}`)
    expect(about(second.body)).toEqual(['712020:hid'])
    expect(valueAt(second.body, 'links', 'next')).toBeUndefined()
  })
})

test.each([
  ['asc', ['712020:hid', '712020:out', '712020:svc']],
  ['desc', ['712020:svc', '712020:out', '712020:hid']],
])('the last cursor of a stream is polled for what is new, in order %s', async (order, seen) => {
  await withSandbox({}, async (sandbox) => {
    await join(sandbox, '712020:hid', '712020:out', '712020:svc')
    const read: unknown[] = []
    const poll = async (query: string): Promise<string> => {
      const { body } = await call(sandbox, `GET ${v1}/events-stream?${query}`)
      read.push(...about(body))
      return `cursor=${String(valueAt(body, 'meta', 'next'))}`
    }
    const second = await poll(`limit=2&sortOrder=${order}`)
    const last = await poll(second)
    expect(read).toEqual(seen)
    const idle = await poll(last)
    expect(read).toEqual(seen)
    await join(sandbox, '712020:off')
    await poll(await poll(idle))
    expect(read).toEqual([...seen, '712020:off'])
  })
})

function idsIn(body: unknown): unknown[] {
  return (valueAt(body, 'data') as unknown[]).map((user) => valueAt(user, 'accountId'))
}
