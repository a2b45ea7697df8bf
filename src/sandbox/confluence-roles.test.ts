import { expect, test } from 'vitest'
import { exampleWorld } from './example-world.builder.ts'
import { call, valueAt } from './sandbox-client.builder.ts'
import type { Sandbox } from './start-sandbox.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'

const v1 = '/wiki/rest/api'
const roles = '/wiki/api/v2/space-roles'
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'
const viewer = '0f1e2d3c-0000-4000-8000-00000000000a'
const manager = '0f1e2d3c-0000-4000-8000-00000000000b'
const writer = '0f1e2d3c-0000-4000-8000-00000000000c'

const body = (name: string, ...spacePermissions: readonly string[]) => ({ name, description: 'Ours', spacePermissions })

const assign = (principalType: string, principalId: string, roleId: string): Step => ({
  call: 'POST /wiki/api/v2/spaces/65537/role-assignments',
  body: [{ principal: { principalType, principalId }, roleId }],
  status: 200,
})

const stories: Readonly<Record<string, readonly Step[]>> = {
  'a role is made with permissions that are known and whole': [
    {
      call: `POST ${roles}`,
      body: body('Reader', 'read/space'),
      status: 201,
      answer: { type: 'CUSTOM', name: 'Reader', spacePermissions: ['read/space'] },
    },
    { call: `POST ${roles}`, body: body('reader', 'read/space'), status: 400 },
    { call: `POST ${roles}`, body: body('Flyer', 'read/space', 'fly/space'), status: 400 },
    { call: `POST ${roles}`, body: body('Half', 'create/page'), status: 400 },
    { call: `POST ${roles}`, body: { name: 'No permissions', description: '' }, status: 400 },
  ],
  'a site has at most ten custom roles': [
    ...Array.from({ length: 9 }, (_, index) => ({
      call: `POST ${roles}`,
      body: body(`Role ${index}`, 'read/space'),
      status: 201,
    })),
    { call: `POST ${roles}`, body: body('One too many', 'read/space'), status: 400 },
  ],
  'a changed role has a task only where its permissions changed': [
    {
      call: `PUT ${roles}/${writer}`,
      body: body('Author', 'create/page', 'read/space'),
      status: 202,
      answer: { id: writer, type: 'CUSTOM', name: 'Author', taskId: null },
    },
    {
      call: `PUT ${roles}/${writer}`,
      body: body('Author', 'read/space'),
      status: 202,
      answer: { taskId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    },
    { call: `GET ${roles}/${writer}`, status: 200, answer: { name: 'Author', spacePermissions: ['read/space'] } },
    { call: `PUT ${roles}/${writer}`, body: body('Viewer', 'read/space'), status: 400 },
    { call: `PUT ${roles}/none`, body: body('None', 'read/space'), status: 404 },
  ],
  'anonymous access moves to another role where the change says so': [
    assign('ACCESS_CLASS', 'anonymous-users', writer),
    {
      call: `PUT ${roles}/${writer}`,
      body: { ...body('Writer', 'read/space', 'create/page', 'create/comment'), anonymousReassignmentRoleId: viewer },
      status: 202,
    },
    {
      call: 'GET /wiki/api/v2/spaces/65537/role-assignments?principal-type=ACCESS_CLASS&principal-id=anonymous-users',
      status: 200,
      answer: { results: [{ roleId: viewer }] },
    },
    {
      call: `PUT ${roles}/${writer}`,
      body: { ...body('Writer', 'read/space'), guestReassignmentRoleId: 'none' },
      status: 400,
    },
  ],
  'a deleted role is taken from whoever had it, and default roles stay': [
    assign('USER', '712020:hid', writer),
    { call: `DELETE ${roles}/${writer}`, status: 202, answer: { taskId: expect.any(String) } },
    { call: `GET ${roles}/${writer}`, status: 404 },
    {
      call: `GET /wiki/api/v2/spaces/65537/role-assignments?principal-type=USER&principal-id=712020:hid`,
      status: 200,
      answer: { results: [] },
    },
    { call: `DELETE ${roles}/${viewer}`, status: 400 },
  ],
  'a change of a role leaves no space without an admin': [
    { call: `PUT ${roles}/${manager}`, body: body('Manager', 'read/space'), status: 400 },
    {
      call: `GET ${roles}/${manager}`,
      status: 200,
      answer: { spacePermissions: expect.arrayContaining(['administer/space']) },
    },
  ],
  'roles are found by type and by who holds them': [
    { call: `GET ${roles}?role-type=CUSTOM`, status: 200, answer: { results: [{ id: writer }] } },
    {
      call: `GET ${roles}?space-id=65538&principal-type=GROUP&principal-id=${payDevs}`,
      status: 200,
      answer: { results: [{ id: manager }] },
    },
    {
      call: `GET ${roles}?space-id=65537&principal-type=GROUP&principal-id=${payDevs}`,
      status: 200,
      answer: { results: [] },
    },
    { call: `GET ${roles}?principal-id=${payDevs}`, status: 400 },
    { call: `GET ${roles}?principal-id=${payDevs}&principal-type=TEAM`, status: 400 },
    { call: `GET ${roles}?space-id=1`, status: 404 },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

const missing: Readonly<Record<string, readonly [prepare: (sandbox: Sandbox) => void, steps: readonly Step[]]>> = {
  'the mode says ROLES while everything about roles is 404': [
    (sandbox) => {
      sandbox.world.setRoleMode('acme', 'ROLES')
      sandbox.world.setMissing('acme', ['roles'])
    },
    [
      { call: 'GET /wiki/api/v2/space-role-mode', status: 200, answer: { mode: 'ROLES' } },
      { call: `GET ${roles}`, status: 404, answer: { errors: [{ status: 404, code: 'NOT_FOUND' }] } },
      { call: 'GET /wiki/api/v2/space-permissions', status: 404 },
      { call: 'GET /wiki/api/v2/spaces/65537/role-assignments', status: 404 },
      { call: `POST ${roles}`, body: body('Reader', 'read/space'), status: 404 },
    ],
  ],
  'the question for the mode is 404 while roles are there': [
    (sandbox) => sandbox.world.setMissing('acme', ['role-mode']),
    [
      { call: 'GET /wiki/api/v2/space-role-mode', status: 404 },
      { call: `GET ${roles}`, status: 200 },
    ],
  ],
}

test.each(Object.entries(missing))('%s', async (_, [prepare, steps]) => {
  await expect(tell(steps, prepare)).resolves.toBeUndefined()
})

test('the task of a role runs as long as the world says', async () => {
  let nowMs = 1_000
  const world = exampleWorld()
  const sites = world.sites.map((site) => ({ ...site, confluence: { ...site.confluence!, taskDurationMs: 4_000 } }))
  await withSandbox({ world: { ...world, sites }, now: () => nowMs }, async (sandbox) => {
    const { body: answer } = await call(sandbox, `DELETE ${roles}/${writer}`)
    const task = `GET ${v1}/longtask/${valueAt(answer, 'taskId') as string}`
    nowMs = 2_000
    expect((await call(sandbox, task)).body).toMatchObject({
      finished: false,
      percentageComplete: 25,
      elapsedTime: 1_000,
    })
    nowMs = 9_000
    expect((await call(sandbox, task)).body).toMatchObject({ finished: true, successful: true, elapsedTime: 4_000 })
    expect((await call(sandbox, `GET ${v1}/longtask`)).body).toMatchObject({ size: 1, limit: 100 })
    expect((await call(sandbox, `GET ${v1}/longtask/none`)).status).toBe(404)
  })
})

test('what is missing and how long tasks run are part of an exported world', async () => {
  await withSandbox({}, async (sandbox) => {
    sandbox.world.setMissing('acme', ['roles', 'role-mode'])
    expect(sandbox.world.export().sites[0]?.confluence?.missing).toEqual(['roles', 'role-mode'])
    sandbox.world.replace(sandbox.world.export())
    expect((await call(sandbox, 'GET /wiki/api/v2/space-role-mode')).status).toBe(404)
  })
})
