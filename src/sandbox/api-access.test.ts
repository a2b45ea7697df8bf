import { expect, test } from 'vitest'
import { exampleWorld } from './example-world.builder.ts'
import { call, valueAt } from './sandbox-client.builder.ts'
import { withSandbox } from './story.builder.ts'

const base = '/admin/api-access/v1/orgs/0f1e2d3c-0000-4000-8000-000000000001'

const answers: Readonly<Record<string, readonly [line: string, status: number, body: unknown]>> = {
  'tokens are those of managed people, the one used last first, with their ends': [
    `GET ${base}/api-tokens`,
    200,
    {
      data: [
        {
          id: 'token-hid',
          label: 'backup script',
          status: 'ALLOWED',
          expiresAt: '2026-12-31T00:00:00.000Z',
          lastActiveAt: '2026-01-01T00:00:00.000Z',
          user: { id: '712020:hid', email: 'hid@acme.com' },
        },
        { label: 'svc' },
        { label: 'svc-scoped' },
      ],
    },
  ],
  'tokens are found by label and owner': [
    `GET ${base}/api-tokens?q=BACKUP`,
    200,
    { data: [{ id: 'token-hid' }], links: {} },
  ],
  'no token is blocked': [`GET ${base}/api-tokens?status=blocked`, 200, { data: [] }],
  'the count is a bare number': [`GET ${base}/api-tokens/count?q=svc`, 200, 2],
  'a parameter that is not known is an internal error': [
    `GET ${base}/api-tokens?limit=10`,
    500,
    { errors: [{ code: 'GENERIC_ERROR' }] },
  ],
  'a page size out of bounds is a bad request': [
    `GET ${base}/api-tokens?pageSize=1001`,
    400,
    { errors: [{ code: 'INVALID_PAGE_SIZE' }] },
  ],
  'an order that is not known is a bad request': [
    `GET ${base}/api-tokens?sort=-id`,
    400,
    { errors: [{ code: 'INVALID_SORT' }] },
  ],
  'a filter by date is refused, not passed over': [`GET ${base}/api-tokens?createdAtSearchType=gt`, 400, {}],
  'a key tells when it ends and what it may': [
    `GET ${base}/api-keys`,
    200,
    {
      data: [
        {
          label: 'ci',
          keyType: 'CLOUD_ADMIN',
          expiresAt: '2099-12-31T00:00:00.000Z',
          scopes: ['read:directories:admin'],
          createdBy: { email: 'svc@acme.com' },
        },
      ],
    },
  ],
  'keys take the page sizes of their list alone': [`GET ${base}/api-keys?pageSize=7`, 400, {}],
  'another organization is not ours to see': ['GET /admin/api-access/v1/orgs/other/api-keys', 403, {}],
  'what is not answered is 501': [`DELETE ${base}/api-tokens`, 501, {}],
}

test.each(Object.entries(answers))('%s', async (_, [line, status, body]) => {
  await withSandbox({}, async (sandbox) => {
    const reply = await call(sandbox, line)
    expect({ status: reply.status, body: reply.body }).toMatchObject({ status, body })
  })
})

test('a cursor does not carry the filters: without them the list goes on without them', async () => {
  await withSandbox({}, async (sandbox) => {
    const labels = async (query: string) => {
      const { body } = await call(sandbox, `GET ${base}/api-tokens?${query}`)
      return [
        (valueAt(body, 'data') as unknown[]).map((token) => valueAt(token, 'label')),
        valueAt(body, 'links', 'next'),
      ]
    }
    const [first, next] = await labels('q=hid&sort=-label&pageSize=1')
    expect([first, next]).toEqual([['backup script'], undefined])
    const [, cursor] = await labels('q=svc&sort=label&pageSize=1')
    expect(await labels(`q=svc&sort=label&pageSize=1&cursor=${String(cursor)}`)).toEqual([['svc-scoped'], undefined])
    expect(await labels(`cursor=${String(cursor)}&sort=-label`)).toEqual([['backup script'], undefined])
  })
})

test('service accounts are listed at once, and no people are', async () => {
  const world = exampleWorld()
  const robot = { id: '557058:robot', name: 'Deploy robot', type: 'app', appType: 'service' } as const
  await withSandbox({ world: { ...world, accounts: [...world.accounts, robot] } }, async (sandbox) => {
    expect((await call(sandbox, `GET ${base}/service-accounts`)).body).toMatchObject({
      items: [{ atlassianId: '557058:robot', displayName: 'Deploy robot', status: 'active' }],
      total: 1,
    })
    expect((await call(sandbox, `GET ${base}/service-accounts?pageSize=5`)).status).toBe(500)
  })
})
