import { getGlobalDispatcher, ProxyAgent, setGlobalDispatcher } from 'undici'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { clientCredentials, installedVersion, startClientRun, type ClientRun } from './client-run.builder.ts'
import { takeMismatches } from './schema-audit.builder.ts'

// The client reads this when it is loaded. Its schemas are strict then: fields and values that they do not list are kept
// in a list of findings, and everything else that differs is thrown, as it always is.
vi.stubEnv('AUDIT_SCHEMAS', 'true')
const { createCloudClient, ApiError, AuthError, ForbiddenError, NotFoundError } = await import('jira.js')

const { email, token: apiToken } = clientCredentials
const [administrators, developers] = [10_002, 10_001]
const place = (role: string, project = 'DATA') => ({ site: 'acme', project, role })

let run: ClientRun
beforeAll(async () => {
  run = await startClientRun(`jira.js ${installedVersion('jira.js')}`, { httpsPort: 0, proxyPort: 0 })
})
afterAll(() => run.end())

afterEach(() => {
  for (const mismatch of takeMismatches()) run.mismatch(mismatch)
  run.check()
})

function site(config: Partial<Parameters<typeof createCloudClient>[0]> = {}) {
  const auth = { type: 'basic', email, apiToken } as const
  return createCloudClient({ host: run.sandbox.url, auth, onSchemaMismatch: 'throw', ...config } as Parameters<
    typeof createCloudClient
  >[0])
}

/** The account id of somebody at Acme. */
function idOf(name: string): string {
  return run.sandbox.world.account(`${name}@acme.com`).accountId
}

function groupId(name: string): string {
  return run.sandbox.world.group(name).groupId
}

/** What the client says of a refusal: its kind of error, the status and the text. */
async function refusal(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => 'no refusal',
    (reason: unknown) => reason,
  )
  if (!(error instanceof ApiError)) return error
  return { kind: error.constructor, status: error.status, text: JSON.stringify(error.body) }
}

test('who calls, and what the site is', async () => {
  const jira = site()
  expect(await jira.myself.getCurrentUser({ expand: 'groups,applicationRoles' })).toMatchObject({
    emailAddress: email,
    groups: { size: 4, items: expect.arrayContaining([expect.objectContaining({ name: 'jira-administrators' })]) },
    applicationRoles: { size: 1, items: [{ key: 'jira-software' }] },
  })
  expect(await jira.serverInfo.getServerInfo()).toMatchObject({ deploymentType: 'Cloud', serverTitle: 'acme' })
  const anonymous = site({ auth: { type: 'basic', email, apiToken: 'wrong' } })
  expect(await refusal(anonymous.myself.getCurrentUser({}))).toMatchObject({ kind: AuthError, status: 401 })
})

test('what the caller may do, and which permissions there are', async () => {
  const jira = site()
  const mine = await jira.permissions.getMyPermissions({ permissions: 'ADMINISTER,ADMINISTER_PROJECTS' })
  expect(mine.permissions).toMatchObject({
    ADMINISTER: { havePermission: true, type: 'GLOBAL' },
    ADMINISTER_PROJECTS: { type: 'PROJECT' },
  })
  expect((await jira.permissions.getAllPermissions()).permissions).toHaveProperty('BROWSE_PROJECTS')
  const nowhere = jira.permissions.getMyPermissions({ projectKey: 'NONE', permissions: 'BROWSE_PROJECTS' })
  expect(await refusal(nowhere)).toMatchObject({ kind: NotFoundError })
})

test('the apps of the site with their default groups and seats', async () => {
  const jira = site()
  const [role] = await jira.applicationRoles.getAllApplicationRoles()
  expect(role).toMatchObject({ key: 'jira-software', defaultGroups: ['jira-users-acme'], numberOfSeats: 100 })
  expect(await jira.applicationRoles.getApplicationRole({ key: 'jira-software' })).toEqual(role)
  expect(await refusal(jira.applicationRoles.getApplicationRole({ key: 'none' }))).toMatchObject({ status: 404 })
})

test('projects, page by page, by key and by category', async () => {
  const jira = site()
  const keys: string[] = []
  for (let [startAt, last] = [0, false]; !last;) {
    const page = await jira.projects.searchProjects({ startAt, maxResults: 5 })
    keys.push(...page.values.map(({ key }) => key ?? ''))
    startAt += page.values.length
    last = page.isLast ?? false
    expect(page.total).toBe(12)
    expect(page.nextPage === undefined).toBe(last)
  }
  expect(keys).toHaveLength(12)
  expect((await jira.projects.searchProjects({ keys: ['PAY', 'NONE'] })).values).toMatchObject([{ key: 'PAY' }])
  expect(await refusal(jira.projects.searchProjects({ keys: ['NONE'] }))).toMatchObject({ kind: NotFoundError })

  expect(await jira.projects.getProject({ projectIdOrKey: 'GROWTH' })).toMatchObject({
    simplified: true,
    style: 'next-gen',
  })
  const core = (await jira.projectCategories.getAllProjectCategories()).find(({ name }) => name === 'Core')
  expect(await jira.projectCategories.getProjectCategoryById({ id: Number(core?.id) })).toEqual(core)
  const inCore = await jira.projects.searchProjects({ categoryId: Number(core?.id), orderBy: '-key' })
  expect(inCore.values.map(({ key }) => key)).toEqual(['PAYOPS', 'PAYAPI', 'PAY', 'LEDGER'])
})

test('the roles of projects of both kinds', async () => {
  const jira = site()
  const links = await jira.projectRoles.getProjectRoles({ projectIdOrKey: 'PAY' })
  expect(links['Developers']).toMatch(/\/role\/10001$/)
  const [own] = await jira.projectRoles.getProjectRoleDetails({ projectIdOrKey: 'GROWTH' })
  expect(own).toMatchObject({ scope: { type: 'PROJECT', project: { key: 'GROWTH' } } })
  const role = await jira.projectRoles.getProjectRole({ projectIdOrKey: 'PAY', id: administrators })
  expect(role.actors?.map(({ type }) => type)).toContain('atlassian-group-role-actor')
  const missing = jira.projectRoles.getProjectRole({ projectIdOrKey: 'PAY', id: 4 })
  expect(await refusal(missing)).toMatchObject({ kind: NotFoundError })
})

test('actors of a role are added, refused the second time, replaced and removed', async () => {
  const jira = site()
  const where = { projectIdOrKey: 'DATA', id: developers }
  const [ana, ben] = [idOf('ana.ruiz'), idOf('ben.carter')]
  run.sandbox.world.actors(place('Developers')).forEach((key) => {
    const [kind, ...id] = key.split(':')
    run.sandbox.world.removeActor(place('Developers'), { [kind === 'user' ? 'user' : 'group']: id.join(':') })
  })

  await jira.projectRoleActors.addActorUsers({ ...where, user: [ana, ben] })
  const role = await jira.projectRoleActors.addActorUsers({ ...where, groupId: [groupId('data-engineers')] })
  expect(role.actors?.map(({ displayName }) => displayName)).toEqual(['Ana Ruiz', 'Ben Carter', 'data-engineers'])
  expect(await refusal(jira.projectRoleActors.addActorUsers({ ...where, user: [ana] }))).toMatchObject({
    status: 400,
    text: expect.stringContaining('already a member of the project role'),
  })
  await jira.projectRoleActors.deleteActor({ ...where, user: ben })
  expect(await refusal(jira.projectRoleActors.deleteActor({ ...where, user: ben }))).toMatchObject({ status: 404 })
  await jira.projectRoleActors.setActors({
    ...where,
    body: { categorisedActors: { 'atlassian-user-role-actor': [ben], 'atlassian-group-role-actor': ['designers'] } },
  })
  expect(run.sandbox.world.actors(place('Developers'))).toEqual([`user:${ben}`, `group:${groupId('designers')}`])
})

test('groups are created, found, filled, emptied and deleted', async () => {
  const jira = site()
  const { groupId: created, users } = await jira.groups.createGroup({ name: 'readers' })
  const id = String(created)
  expect(users).toMatchObject({ size: 0, items: [] })
  expect(await refusal(jira.groups.createGroup({ name: 'Readers' }))).toMatchObject({ kind: ApiError, status: 400 })
  expect(await jira.groups.findGroups({ query: 'read' })).toMatchObject({ total: 1, groups: [{ groupId: id }] })

  const accountIds = ['ana.ruiz', 'ben.carter', 'claire.dubois'].map(idOf)
  for (const accountId of accountIds) await jira.groups.addUserToGroup({ groupId: id, accountId })
  const again = jira.groups.addUserToGroup({ groupId: id, accountId: accountIds[0] })
  expect(await refusal(again)).toMatchObject({ status: 400, text: expect.stringContaining('already a member') })
  const first = await jira.groups.getUsersFromGroup({ groupId: id, maxResults: 2 })
  expect(first).toMatchObject({ total: 3, isLast: false, maxResults: 2 })
  const rest = await jira.groups.getUsersFromGroup({ groupId: id, startAt: 2, includeInactiveUsers: true })
  expect(rest).toMatchObject({ isLast: true, values: [{ accountId: accountIds[2] }] })

  const leaver = { groupId: id, accountId: idOf('ben.carter') }
  await jira.groups.removeUserFromGroup(leaver)
  expect(await refusal(jira.groups.removeUserFromGroup(leaver))).toMatchObject({ status: 400 })
  expect(run.sandbox.world.members('readers')).toEqual([accountIds[0], accountIds[2]])
  await jira.groups.removeGroup({ groupId: id, swapGroup: 'designers' })
  expect(await refusal(jira.groups.removeGroup({ groupId: id }))).toMatchObject({ kind: NotFoundError })
  const ofEntra = jira.groups.addUserToGroup({ groupname: 'acme-all-staff', accountId: idOf('svc-access') })
  expect(await refusal(ofEntra)).toMatchObject({ kind: ForbiddenError })
})

test('users are read, found, listed to the end, invited and removed', async () => {
  const jira = site()
  const accountId = idOf('ana.ruiz')
  expect(await jira.users.getUser({ accountId, expand: ['groups'] })).toMatchObject({ displayName: 'Ana Ruiz' })
  expect((await jira.users.getUserGroups({ accountId })).map(({ name }) => name)).toContain('jira-users-acme')
  expect(await jira.userSearch.findUsers({ query: 'ana.ruiz@acme.com' })).toMatchObject([{ accountId }])
  expect(await jira.userSearch.findUsers({ query: 'nobody' })).toEqual([])

  const all: unknown[] = []
  for (let page: unknown[] = ['first']; page.length > 0; all.push(...page)) {
    page = await jira.users.getAllUsers({ startAt: all.length, maxResults: 50 })
  }
  expect(all).toHaveLength((await jira.users.getAllUsersDefault({ maxResults: 1000 })).length)
  expect(all).toContainEqual(expect.objectContaining({ accountType: 'app', appType: 'service' }))

  const zoe = await jira.users.createUser({ emailAddress: 'zoe.zimmer@acme.com', products: ['jira-software'] })
  expect(run.sandbox.world.members('jira-users-acme')).toContain(zoe.accountId)
  await jira.users.removeUser({ accountId: zoe.accountId ?? '' })
  expect(await refusal(jira.users.getUser({ accountId: zoe.accountId ?? '' }))).toMatchObject({ kind: NotFoundError })
})

test('global roles and their default actors are made, changed and deleted', async () => {
  const jira = site()
  const { id = 0 } = await jira.projectRoles.createProjectRole({ name: 'Auditors', description: 'They look' })
  expect(await refusal(jira.projectRoles.createProjectRole({ name: 'Auditors' }))).toMatchObject({ status: 409 })
  await jira.projectRoles.partialUpdateProjectRole({ id, name: 'Reviewers' })
  await jira.projectRoles.fullyUpdateProjectRole({ id, name: 'Readers', description: 'They read' })
  expect(await jira.projectRoles.getProjectRoleById({ id })).toMatchObject({ name: 'Readers', actors: [] })
  expect((await jira.projectRoles.getAllProjectRoles()).map(({ name }) => name)).toContain('Readers')

  await jira.projectRoleActors.addProjectRoleActorsToRole({ id, user: [idOf('ana.ruiz')] })
  await jira.projectRoleActors.addProjectRoleActorsToRole({ id, group: ['designers'] })
  const { actors } = await jira.projectRoleActors.getProjectRoleActorsForRole({ id })
  expect(actors?.map(({ displayName }) => displayName)).toEqual(['Ana Ruiz', 'designers'])
  expect((await jira.projectRoles.getProjectRole({ projectIdOrKey: 'PAY', id })).actors).toEqual([])
  const left = await jira.projectRoleActors.deleteProjectRoleActorsFromRole({ id, groupId: groupId('designers') })
  expect(left.actors).toHaveLength(1)

  await jira.projectRoleActors.addActorUsers({ projectIdOrKey: 'PAY', id, groupId: [groupId('designers')] })
  expect(await refusal(jira.projectRoles.deleteProjectRole({ id }))).toMatchObject({ status: 409 })
  await jira.projectRoles.deleteProjectRole({ id, swap: developers })
  expect(await refusal(jira.projectRoles.getProjectRoleById({ id }))).toMatchObject({ kind: NotFoundError })
})

test('through the gateway with the bearer token of an OAuth client', async () => {
  const { clientId, clientSecret } = clientCredentials.oauth
  const body = JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${run.sandbox.url}/oauth/token`, { method: 'POST', headers, body })
  const { access_token: token } = (await response.json()) as { readonly access_token: string }
  const host = `${run.sandbox.url}/ex/jira/${run.sandbox.world.site('acme').cloudId}`
  const jira = site({ host, auth: { type: 'bearer', token } })
  expect((await jira.projects.searchProjects({ keys: ['PAY'] })).self).toContain('/ex/jira/')
  const added = await jira.projectRoleActors.addActorUsers({
    projectIdOrKey: 'SEC',
    id: developers,
    user: [idOf('ana.ruiz')],
  })
  expect(added.actors?.map(({ displayName }) => displayName)).toContain('Ana Ruiz')
})

test("with the client's own OAuth flow, at Atlassian's names, through the proxy", async () => {
  const before = getGlobalDispatcher()
  const { proxyUrl, authority } = run.sandbox
  const proxy = new ProxyAgent({ uri: proxyUrl!, requestTls: { ca: authority! }, proxyTunnel: true })
  setGlobalDispatcher(proxy)
  try {
    const refreshed: string[] = []
    const jira = createCloudClient({
      auth: {
        type: 'oauth2',
        ...clientCredentials.oauth,
        siteUrl: 'https://acme.atlassian.net',
        onTokenRefresh: ({ refreshToken }) => void refreshed.push(refreshToken ?? ''),
      },
      onSchemaMismatch: 'throw',
    })
    expect(await jira.myself.getCurrentUser({})).toMatchObject({ emailAddress: email })
    expect((await jira.serverInfo.getServerInfo()).baseUrl).toBe('https://acme.atlassian.net')
    expect(refreshed).toHaveLength(1)
  } finally {
    setGlobalDispatcher(before)
    await proxy.close()
  }
})
