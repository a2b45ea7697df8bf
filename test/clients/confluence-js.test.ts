import { getGlobalDispatcher, ProxyAgent, setGlobalDispatcher } from 'undici'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { clientCredentials, installedVersion, startClientRun, type ClientRun } from './client-run.builder.ts'
import { departures } from './confluence-js-departures.builder.ts'
import { takeMismatches } from './schema-audit.builder.ts'

// The client reads this when it is loaded. Its schemas are strict then: fields and values that they do not list are kept
// in a list of findings, and everything else that differs is thrown, as it always is.
vi.stubEnv('AUDIT_SCHEMAS', 'true')
const { createV1Client, createV2Client, ForbiddenError, NotFoundError, SchemaMismatchError } =
  await import('confluence.js')

const { email, token: apiToken } = clientCredentials
const space = { id: 65544, key: 'FIN' }
const confluenceUsers = 'confluence-users-acme'

let run: ClientRun
beforeAll(async () => {
  run = await startClientRun(`confluence.js ${installedVersion('confluence.js')}`, { httpsPort: 0, proxyPort: 0 })
})
afterAll(() => run.end())

/** Both versions for one credential. */
function clients(config: Parameters<typeof createV1Client>[0]) {
  return { v1: createV1Client(config), v2: createV2Client(config) }
}

const site = () => clients({ host: run.sandbox.url, auth: { type: 'basic', email, apiToken } })

const seen = new Set<string>()

function check(): void {
  for (const mismatch of takeMismatches(departures, seen)) run.mismatch(mismatch)
  run.check()
}

/** The account id of somebody at Acme. */
function idOf(name: string): string {
  return run.sandbox.world.account(`${name}@acme.com`).accountId
}

type Spaces = Awaited<ReturnType<ReturnType<typeof createV2Client>['space']['getSpaces']>>

/** The cursor of the next page, as a client takes it from the relative link. */
function cursorOf({ _links }: Pick<Spaces, '_links'>): string | undefined {
  const next = _links?.next
  return next === undefined ? undefined : (new URL(next, 'https://site').searchParams.get('cursor') ?? undefined)
}

/** Every item of a list of version 2. */
async function all<Item>(
  page: (cursor: { cursor?: string }) => Promise<{ results?: Item[] | undefined; _links?: Spaces['_links'] }>,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const answer = await page(cursor === undefined ? {} : { cursor })
    items.push(...(answer.results ?? []))
    cursor = cursorOf(answer)
  } while (cursor !== undefined)
  return items
}

test('who calls, and who is on the site', async () => {
  const { v1, v2 } = site()
  expect(await v1.users.getCurrentUser()).toMatchObject({ email, accountType: 'atlassian' })
  expect(await v1.users.getUser({ accountId: idOf('claire.dubois'), expand: ['operations'] })).toMatchObject({
    displayName: 'Claire Dubois',
    operations: [{ operation: 'use', targetType: 'application' }],
  })
  expect(await v1.users.getAnonymousUser()).toMatchObject({ type: 'anonymous' })
  expect(await v1.users.getBulkUserLookup({ accountId: idOf('claire.dubois') })).toMatchObject({ size: 1 })
  const accountIds = [idOf('claire.dubois'), idOf('hugo.lambert')]
  expect((await v2.user.createBulkUserLookup({ body: { accountIds } })).results).toHaveLength(2)
  const memberships = await v1.users.getGroupMembershipsForUser({ accountId: idOf('claire.dubois'), limit: 1 })
  expect(memberships).toMatchObject({ size: 1, limit: 1, _links: { next: expect.any(String) } })
  await expect(v1.users.getUser({ accountId: 'nobody' })).rejects.toBeInstanceOf(NotFoundError)
  check()
})

test('spaces, page by page and one by one', async () => {
  const { v2 } = site()
  const spaces = await all((cursor) => v2.space.getSpaces({ limit: 2, status: 'current', ...cursor }))
  expect(spaces.map(({ id }) => id)).toEqual([...run.sandbox.world.site('acme').confluence!.spaces.keys()])
  const named = await v2.space.getSpaces({
    keys: ['FIN', 'ENG'],
    sort: '-key',
    descriptionFormat: 'plain',
    includeIcon: true,
  })
  expect(named.results?.map(({ key }) => key)).toEqual(['FIN', 'ENG'])
  expect((await v2.space.getSpaces({ ids: [65537, 65544] })).results).toHaveLength(2)
  const one = await v2.space.getSpaceById({
    id: space.id,
    includeOperations: true,
    includePermissions: true,
    includeLabels: true,
    includeProperties: true,
  })
  expect(one).toMatchObject({ key: space.key, operations: { meta: { hasMore: false } }, permissions: { results: [] } })
  expect((await v2.operation.getSpaceOperations({ id: space.id })).operations).not.toEqual([])
  await expect(v2.space.getSpaceById({ id: 1 })).rejects.toBeInstanceOf(NotFoundError)
  check()
})

test('single permissions are read in version 2 and written in version 1', async () => {
  const { v1, v2 } = site()
  const subject = { type: 'user', identifier: idOf('claire.dubois') } as const
  const grant = (key: string, target: 'space' | 'page') =>
    v1.spacePermissions.addPermissionToSpace({ spaceKey: space.key, subject, operation: { key, target } })
  const read = await grant('read', 'space')
  await grant('create', 'page')
  await grant('manage_templates', 'space')
  await expect(grant('create', 'page')).rejects.toMatchObject({ status: 400 })
  await v1.spacePermissions.addPermissionToSpace({
    spaceKey: space.key,
    subject: { type: 'user', identifier: 'anonymous' },
    operation: { key: 'read', target: 'space' },
  })
  const rows = await all((cursor) =>
    v2.spacePermissions.getSpacePermissionsAssignments({ id: space.id, limit: 1, ...cursor }),
  )
  expect(rows.map(({ principal, operation }) => [principal?.type, operation?.key])).toEqual([
    ['user', 'read'],
    ['user', 'create'],
    ['user', 'manage_templates'],
    ['access-class', 'read'],
  ])
  await v1.spacePermissions.removePermission({ spaceKey: space.key, id: read.id })
  const left = await v2.spacePermissions.getSpacePermissionsAssignments({ id: space.id, limit: 250 })
  expect(left.results?.map(({ principal }) => principal?.type)).toEqual(['access-class'])
  expect(
    await all((cursor) => v2.spacePermissions.getAvailableSpacePermissions({ limit: 10, ...cursor })),
  ).toContainEqual(expect.objectContaining({ id: 'create/page', requiredPermissionIds: ['read/space'] }))
  check()
})

test('space roles and who has them', async () => {
  const { v1, v2 } = site()
  const fields = { name: 'Author', description: 'Writes pages', spacePermissions: ['read/space', 'create/page'] }
  const role = await v2.spaceRoles.createSpaceRole(fields)
  const id = role.id!
  expect(await v2.spaceRoles.getSpaceRolesById({ id })).toMatchObject({ ...fields, type: 'CUSTOM' })
  const principal = { principalType: 'USER', principalId: idOf('hugo.lambert') }
  const set = (entry: object) => v2.spaceRoles.setSpaceRoleAssignments({ id: space.id, body: [entry] })
  await set({ principal, roleId: id })
  const assigned = await all((cursor) => v2.spaceRoles.getSpaceRoleAssignments({ id: space.id, limit: 2, ...cursor }))
  expect(assigned).toContainEqual({ principal, roleId: id })
  const held = await v2.spaceRoles.getAvailableSpaceRoles({ principalType: 'USER', principalId: principal.principalId })
  expect(held.results?.map(({ name }) => name)).toContain('Author')
  const changed = await v2.spaceRoles.updateSpaceRole({ id, ...fields, spacePermissions: ['read/space'] })
  expect(await v1.longRunningTask.getTask({ id: changed.taskId! })).toMatchObject({ finished: true, successful: true })
  await set({ principal })
  const { taskId } = await v2.spaceRoles.deleteSpaceRole({ id })
  expect((await v1.longRunningTask.getTasks()).results.map((task) => task.id)).toContain(taskId)
  await expect(v2.spaceRoles.getSpaceRolesById({ id })).rejects.toBeInstanceOf(NotFoundError)
  expect(await v2.spaceRoles.getAvailableSpaceRoles({ roleType: 'SYSTEM' })).toMatchObject({ results: { length: 4 } })
  check()
})

test('the mode of a site, and a site before roles', async () => {
  const { v2 } = site()
  expect(await v2.spaceRoles.getSpaceRoleMode()).toEqual({ mode: 'ROLES_TRANSITION' })
  run.sandbox.world.setRoleMode('acme', 'PRE_ROLES')
  expect(await v2.spaceRoles.getSpaceRoleMode()).toEqual({ mode: 'PRE_ROLES' })
  await expect(v2.spaceRoles.getAvailableSpaceRoles()).rejects.toBeInstanceOf(NotFoundError)
  run.sandbox.world.setRoleMode('acme', 'ROLES_TRANSITION')
  check()
})

test('groups and their members', async () => {
  const { v1 } = site()
  const { id: groupId, name } = await v1.group.createGroup({ name: 'wiki-editors' })
  const accountId = idOf('hugo.lambert')
  await v1.group.addUserToGroupByGroupId({ groupId, accountId })
  const members = await v1.group.getGroupMembersByGroupId({ groupId, shouldReturnTotalSize: true })
  expect(members).toMatchObject({ results: [{ accountId }], totalSize: 1 })
  await v1.group.removeMemberFromGroupByGroupId({ groupId, accountId })
  await v1.group.removeMemberFromGroupByGroupId({ groupId, accountId })
  expect(await v1.group.getGroupByGroupId({ id: groupId })).toMatchObject({ name, managedBy: 'ADMINS' })
  expect(await v1.group.searchGroups({ query: 'wiki', shouldReturnTotalSize: true })).toMatchObject({ totalSize: 1 })
  expect((await v1.group.getGroups({ accessType: 'user' })).results.map((group) => group.name)).toContain(
    confluenceUsers,
  )
  await v1.group.removeGroupById({ id: groupId })
  await expect(v1.group.getGroupByGroupId({ id: groupId })).rejects.toBeInstanceOf(NotFoundError)
  const { groupId: synced } = run.sandbox.world.group('acme-all-staff')
  await expect(v1.group.addUserToGroupByGroupId({ groupId: synced, accountId })).rejects.toBeInstanceOf(ForbiddenError)
  await expect(v1.group.getGroupMembersByGroupId({ groupId: synced, limit: 201 })).rejects.toMatchObject({
    status: 400,
  })
  check()
})

test('access by e-mail', async () => {
  const { v2 } = site()
  const emails = ['ines.prat@acme.com']
  expect(await v2.user.checkAccessByEmail({ body: { emails } })).toEqual({
    emailsWithoutAccess: emails,
    invalidEmails: [],
  })
  await v2.user.inviteByEmail({ body: { emails } })
  expect(await v2.user.checkAccessByEmail({ body: { emails } })).toMatchObject({ emailsWithoutAccess: [] })
  check()
})

test('through the gateway with a bearer token', async () => {
  const { clientId, clientSecret } = clientCredentials.oauth
  const response = await fetch(`${run.sandbox.url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
  })
  const { access_token: token } = (await response.json()) as { readonly access_token: string }
  const { cloudId } = run.sandbox.world.site('acme')
  const { v1, v2 } = clients({ host: `${run.sandbox.url}/ex/confluence/${cloudId}`, auth: { type: 'bearer', token } })
  expect(await v1.users.getCurrentUser()).toMatchObject({ email })
  expect((await all((cursor) => v2.space.getSpaces({ limit: 5, ...cursor }))).length).toBeGreaterThan(5)
  check()
})

test("at Atlassian's own names, with a refresh token and a cloud id that the client finds", async () => {
  const before = getGlobalDispatcher()
  const { proxyUrl, authority } = run.sandbox
  const proxy = new ProxyAgent({ uri: proxyUrl!, requestTls: { ca: authority! }, proxyTunnel: true })
  setGlobalDispatcher(proxy)
  try {
    const refreshed: string[] = []
    const { v1, v2 } = clients({
      auth: {
        type: 'oauth2',
        ...clientCredentials.oauth,
        siteUrl: 'https://acme.atlassian.net',
        onTokenRefresh: ({ refreshToken }) => void refreshed.push(refreshToken ?? ''),
      },
    })
    expect(await v1.users.getCurrentUser()).toMatchObject({ email })
    expect(refreshed).toHaveLength(1)
    expect(v2).toBeDefined()
  } finally {
    setGlobalDispatcher(before)
    await proxy.close()
  }
  check()
})

test('a space role that keeps its permissions has no task, which the client does not take', async () => {
  const { v2 } = site()
  const fields = { name: 'Same', description: 'As it was', spacePermissions: ['read/space'] }
  const { id } = await v2.spaceRoles.createSpaceRole(fields)
  const unchanged = v2.spaceRoles.updateSpaceRole({ id: id!, ...fields })
  await expect(unchanged).rejects.toBeInstanceOf(SchemaMismatchError)
  await expect(unchanged).rejects.toMatchObject({ cause: { issues: [{ path: ['taskId'], code: 'invalid_type' }] } })
  seen.add('a change of a space role without a task')
  check()
})

test('every departure of the client is seen, and nothing else differed', () => {
  expect([...seen].toSorted()).toEqual(Object.keys(departures).toSorted())
  expect(run.mismatches).toEqual([])
})
