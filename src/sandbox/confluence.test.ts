import { expect, test } from 'vitest'
import { call, valueAt } from './sandbox-client.builder.ts'
import type { Sandbox } from './start-sandbox.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'

const v1 = '/wiki/rest/api/space'
const v2 = '/wiki/api/v2'
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const viewer = '0f1e2d3c-0000-4000-8000-00000000000a'
const manager = '0f1e2d3c-0000-4000-8000-00000000000b'
const assignments = `${v2}/spaces/65537/role-assignments`

function grant(identifier: string, permission: string, status: number, type = 'user'): Step {
  const [key, target] = permission.split('/')
  return {
    call: `POST ${v1}/FIN/permission`,
    body: { subject: { type, identifier }, operation: { key, target } },
    status,
  }
}

function assign(principalType: string, principalId: string, roleId: string | undefined, status: number): Step {
  return {
    call: `POST ${assignments}`,
    body: [{ principal: { principalType, principalId }, ...(roleId === undefined ? {} : { roleId }) }],
    status,
  }
}

/** Permissions of one principal in the space FIN. */
function held(id: string, ...permissions: readonly string[]): Step {
  const rows = permissions.map((permission) => {
    const [key, targetType] = permission.split('/')
    return { principal: { id }, operation: { key, targetType } }
  })
  return {
    call: `GET ${v2}/spaces/65537/permissions?limit=250`,
    status: 200,
    answer: { results: expect.toSatisfy((results) => sameRows(results, id, rows)) },
  }
}

function sameRows(results: unknown, id: string, rows: readonly object[]): boolean {
  const own = (results as object[]).filter((row) => valueAt(row, 'principal', 'id') === id)
  expect(own).toMatchObject(rows)
  return true
}

const stories: Readonly<Record<string, readonly Step[]>> = {
  'read/space comes first': [
    grant('712020:hid', 'create/blogpost', 400),
    grant('712020:hid', 'read/space', 200),
    grant('712020:hid', 'create/blogpost', 200),
    held('712020:hid', 'read/space', 'create/blogpost'),
  ],
  'a permission that is there is 400, and so is one of a group that is not': [
    grant('712020:svc', 'read/space', 400),
    grant('0f1e2d3c-0000-4000-8000-0000000000ff', 'read/space', 400, 'group'),
    grant('712020:svc', 'fly/space', 400),
  ],
  'removing read/space removes everything that the subject has': [
    { call: `DELETE ${v1}/FIN/permission/98314`, status: 204 },
    held(payDevs),
    { call: `DELETE ${v1}/FIN/permission/98315`, status: 404 },
  ],
  'the last admin of a space stays': [
    {
      call: `DELETE ${v1}/FIN/permission/98313`,
      status: 400,
      answer: { message: 'All of the admin permissions cannot be removed from a space' },
    },
    { call: `DELETE ${v1}/FIN/permission/98312`, status: 400 },
    grant(payDevs, 'administer/space', 200, 'group'),
    { call: `DELETE ${v1}/FIN/permission/98313`, status: 204 },
  ],
  'a permission may bring companions, and takes them with it': [
    grant('712020:hid', 'read/space', 200),
    grant('712020:hid', 'create/page', 200),
    held('712020:hid', 'read/space', 'create/page', 'update/page'),
    { call: `DELETE ${v1}/FIN/permission/98317`, status: 204 },
    held('712020:hid', 'read/space'),
  ],
  'anonymous is a user without an account, and an access class in the answer': [
    grant('anonymous', 'read/space', 200),
    held('anonymous-users', 'read/space'),
  ],
  'a role and single permissions exclude each other': [
    assign('GROUP', payDevs, viewer, 400),
    assign('USER', '712020:hid', viewer, 200),
    grant('712020:hid', 'read/space', 400),
  ],
  'role assignments are an upsert, and an entry without a role removes': [
    assign('USER', '712020:hid', viewer, 200),
    assign('USER', '712020:hid', manager, 200),
    {
      call: `GET ${assignments}?principal-type=USER&principal-id=712020:hid`,
      status: 200,
      answer: { results: [{ roleId: manager }] },
    },
    assign('USER', '712020:hid', undefined, 200),
    {
      call: `GET ${assignments}`,
      status: 200,
      answer: { results: [{ principal: { principalType: 'ACCESS_CLASS', principalId: 'all-licensed-users' } }] },
    },
  ],
  'role assignments succeed in their entirety or not at all': [
    {
      call: `POST ${assignments}`,
      body: [
        { principal: { principalType: 'USER', principalId: '712020:hid' }, roleId: viewer },
        { principal: { principalType: 'GROUP', principalId: payDevs }, roleId: viewer },
      ],
      status: 400,
    },
    {
      call: `GET ${assignments}`,
      status: 200,
      answer: { results: [{ principal: { principalType: 'ACCESS_CLASS' } }] },
    },
  ],
  'the last admin by role stays': [
    {
      call: `POST ${v2}/spaces/65538/role-assignments`,
      body: [{ principal: { principalType: 'GROUP', principalId: payDevs } }],
      status: 400,
    },
  ],
  'the filters on a principal go together': [{ call: `GET ${assignments}?principal-id=712020:hid`, status: 400 }],
  'spaces are found by key and by id': [
    {
      call: `GET ${v2}/spaces?keys=FIN,ENG`,
      status: 200,
      answer: {
        results: [
          { id: '65537', key: 'FIN' },
          { id: '65538', key: 'ENG' },
        ],
      },
    },
    { call: `GET ${v2}/spaces?ids=65538`, status: 200, answer: { results: [{ key: 'ENG' }] } },
    { call: `GET ${v2}/spaces?limit=251`, status: 400 },
  ],
  'spaces are found by what they are, and put in order': [
    { call: `GET ${v2}/spaces?type=personal`, status: 200, answer: { results: [] } },
    {
      call: `GET ${v2}/spaces?status=current&sort=name`,
      status: 200,
      answer: { results: [{ key: 'ENG' }, { key: 'FIN' }] },
    },
    { call: `GET ${v2}/spaces?sort=-id`, status: 200, answer: { results: [{ key: 'ENG' }, { key: 'FIN' }] } },
    { call: `GET ${v2}/spaces?labels=red`, status: 200, answer: { results: [] } },
    { call: `GET ${v2}/spaces?not-favorited-by=712020:ana`, status: 200, answer: { results: [{}, {}] } },
    { call: `GET ${v2}/spaces?type=secret`, status: 400 },
    { call: `GET ${v2}/spaces?sort=age`, status: 400 },
  ],
  'a space brings what hangs on it where that is asked': [
    {
      call: `GET ${v2}/spaces/65537?include-permissions=true&include-icon=true&description-format=plain`,
      status: 200,
      answer: {
        key: 'FIN',
        icon: { path: '/wiki/aa-avatar/FIN' },
        description: { plain: { value: '' } },
        permissions: {
          results: [{ id: '98312' }, { id: '98313' }, { id: '98314' }, { id: '98315' }],
          meta: { hasMore: false },
          _links: { self: '/wiki/api/v2/spaces/65537/permissions' },
        },
      },
    },
    { call: `GET ${v2}/spaces/1`, status: 404, answer: { errors: [{ status: 404, code: 'NOT_FOUND' }] } },
  ],
  'each version says no in its own form': [
    {
      call: `POST ${v1}/NONE/permission`,
      body: {},
      status: 404,
      answer: { statusCode: 404, data: { successful: false }, message: 'No space with key : NONE' },
    },
    { call: `GET ${v2}/space-roles/none`, status: 404, answer: { errors: [{ detail: null }] } },
  ],
  'the gateway answers the same': [
    {
      call: `GET /ex/confluence/0f1e2d3c-0000-4000-8000-000000000004${v2}/space-role-mode`,
      status: 200,
      answer: { mode: 'ROLES_TRANSITION' },
    },
  ],
  'a hidden e-mail is empty': [
    { call: 'GET /wiki/rest/api/user?accountId=712020:hid', status: 200, answer: { email: '' } },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

const modes: Readonly<Record<string, readonly [prepare: (sandbox: Sandbox) => void, steps: readonly Step[]]>> = {
  'before roles, everything about roles is 404 and single permissions work': [
    (sandbox) => sandbox.world.setRoleMode('acme', 'PRE_ROLES'),
    [
      { call: `GET ${v2}/space-role-mode`, status: 200, answer: { mode: 'PRE_ROLES' } },
      { call: `GET ${v2}/space-roles`, status: 404 },
      { call: `GET ${v2}/space-permissions`, status: 404 },
      { call: `GET ${assignments}`, status: 404 },
      assign('USER', '712020:hid', viewer, 404),
      grant('712020:hid', 'read/space', 200),
    ],
  ],
  'with roles only, single permissions are refused': [
    (sandbox) => sandbox.world.setRoleMode('acme', 'ROLES'),
    [grant('712020:hid', 'read/space', 400), assign('USER', '712020:hid', viewer, 200)],
  ],
  'companions can be switched off': [
    (sandbox) => sandbox.world.setCompanionPermissions('acme', false),
    [
      grant('712020:hid', 'read/space', 200),
      grant('712020:hid', 'create/page', 200),
      held('712020:hid', 'read/space', 'create/page'),
    ],
  ],
}

test.each(Object.entries(modes))('%s', async (_, [prepare, steps]) => {
  await expect(tell(steps, prepare)).resolves.toBeUndefined()
})

test('the next page is a relative path, in the header and in the body', async () => {
  await withSandbox({}, async (sandbox) => {
    const { body, headers } = await call(sandbox, `GET /sites/acme${v2}/spaces/65537/permissions?limit=3`)
    const next = valueAt(body, '_links', 'next')
    expect(next).toMatch(/^\/wiki\/api\/v2\/spaces\/65537\/permissions\?limit=3&cursor=/)
    expect(headers.get('link')).toContain(`<${next as string}>; rel="next"`)
    const last = await call(sandbox, `GET ${next as string}`)
    expect(last.body).toMatchObject({
      results: [{ operation: { key: 'create' } }],
      _links: expect.not.objectContaining({ next: expect.anything() }),
    })
  })
})
