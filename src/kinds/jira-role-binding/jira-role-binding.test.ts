import { describe, expect, test } from 'vitest'
import type { Change } from '../../core/change.ts'
import { createIdentities } from '../../core/directory.ts'
import type { Demand, WriteContext } from '../../core/kind.ts'
import type { ApiRequest } from '../../core/ports.ts'
import { RemoteError } from '../../core/remote-error.ts'
import { buildDirectory, buildManifest, nobodyPromised } from '../principals.builder.ts'
import { actor, observedActor, roleScope, type Actor } from './actor.ts'
import { readActors, searchProjects } from './api.ts'
import type { JiraCatalogue } from './catalogue.ts'
import { batches, jiraRoleBinding } from './index.ts'
import { administrators, developers, growth, notFound, paint, pay, readerOf } from './jira-site.builder.ts'
import type { JiraRoleBindingSpec } from './schema.ts'

const catalogue: JiraCatalogue = new Map([
  [
    'acme',
    {
      projects: [pay, paint, growth],
      roles: [developers, administrators],
      rolesOf: new Map([['10002', [{ id: 20001, name: 'Member' }]]]),
      absent: { archived: new Set(['OLD']), seesAll: true },
    },
  ],
  ['dark', { code: 'FORBIDDEN' as const, message: 'answered 403' }],
])
const directory = buildDirectory({
  accounts: { 'ana@acme.com': 'a1', 'bo@acme.com': 'a2' },
  apps: ['bot'],
  groups: { 'pay-devs': 'g1' },
})
const spec: JiraRoleBindingSpec = {
  site: 'acme',
  projects: { keys: ['PAY'] },
  role: 'Developers',
  authority: 'Authoritative',
  subjects: [{ group: 'pay-devs' }],
}

function expand(change: Partial<JiraRoleBindingSpec>, retired = false): Demand {
  const given = { ...spec, ...change }
  const promised = { ...nobodyPromised, emails: new Set(['new@acme.com']) }
  return jiraRoleBinding.expand(
    { manifest: buildManifest('JiraRoleBinding', given, retired), spec: given },
    { directory, promised, catalogue, siblings: new Map(), peers: [], nowMs: 0 },
  )
}

const shown = ({ claims, entries, diagnostics, unclaimed }: Demand) => ({
  claims: claims.map(({ scope, authority }) => `${scope.key} ${authority}`),
  entries: entries.map(({ resource }) => `${resource.scope.key} ${resource.key}`),
  problems: diagnostics.map(({ code, severity, path, hint }) => [code, severity, path?.join('.'), hint]),
  ...(unclaimed && { unclaimed }),
})

describe('expand', () => {
  const table: Record<string, readonly [Partial<JiraRoleBindingSpec>, ReturnType<typeof shown>]> = {
    'a role in a project becomes ids': [
      {},
      { claims: ['acme/10000/10001 Authoritative'], entries: ['acme/10000/10001 group:g1'], problems: [] },
    ],
    'a selector takes what fits its patterns and leaves out what is excluded': [
      { projects: { selector: { keys: ['PA*'], exclude: ['PAI*'] } } },
      { claims: ['acme/10000/10001 Authoritative'], entries: ['acme/10000/10001 group:g1'], problems: [] },
    ],
    'a selector by category takes only that category': [
      { projects: { selector: { category: 'Core' } } },
      { claims: ['acme/10001/10001 Authoritative'], entries: ['acme/10001/10001 group:g1'], problems: [] },
    ],
    'a subject that says two things is granted nothing': [
      { subjects: [{ group: 'pay-devs', email: 'bo@acme.com' }] },
      {
        claims: ['acme/10000/10001 Authoritative'],
        entries: [],
        problems: [['INVALID_SPEC', 'error', 'spec.subjects.0', undefined]],
      },
    ],
    'a team-managed project has roles of its own': [
      { projects: { keys: ['GROWTH'] }, role: 'Member' },
      { claims: ['acme/10002/20001 Authoritative'], entries: ['acme/10002/20001 group:g1'], problems: [] },
    ],
    'a team-managed project that a selector takes and that lacks the role is a warning and holds nothing': [
      { projects: { selector: { keys: ['PAY', 'GROWTH'] } } },
      {
        claims: ['acme/10000/10001 Authoritative'],
        entries: ['acme/10000/10001 group:g1'],
        problems: [['UNKNOWN_ROLE', 'warning', 'spec.role', undefined]],
      },
    ],
    'a team-managed project that is named and lacks the role is a mistake': [
      { projects: { keys: ['PAY', 'GROWTH'] } },
      {
        claims: ['acme/10000/10001 Authoritative'],
        entries: ['acme/10000/10001 group:g1'],
        problems: [['UNKNOWN_ROLE', 'error', 'spec.role', undefined]],
        unclaimed: true,
      },
    ],
    'a selector that fits nothing is a warning and claims nothing': [
      { projects: { selector: { keys: ['X*'] } } },
      { claims: [], entries: [], problems: [['UNKNOWN_PROJECT', 'warning', 'spec.projects.selector', undefined]] },
    ],
    'an unknown project holds removals everywhere, since its scope is not known': [
      { projects: { keys: ['PAYY'] } },
      {
        claims: [],
        entries: [],
        problems: [['UNKNOWN_PROJECT', 'error', 'spec.projects.keys.0', 'did you mean "PAY"?']],
        unclaimed: true,
      },
    ],
    'an unknown role is told once, with the nearest name': [
      { projects: { keys: ['PAY', 'PAINT'] }, role: 'developers' },
      {
        claims: [],
        entries: [],
        problems: [['UNKNOWN_ROLE', 'error', 'spec.role', 'did you mean "Developers"?']],
        unclaimed: true,
      },
    ],
    'a site that could not be read is no site without projects': [
      { site: 'dark' },
      {
        claims: [],
        entries: [],
        problems: [['CATALOGUE_UNREAD', 'error', 'spec.site', undefined]],
        unclaimed: true,
      },
    ],
    'an unknown subject keeps the claim and the other subjects': [
      { subjects: [{ email: 'anna@acme.com' }, { email: 'Bo@acme.com' }, { email: 'new@acme.com' }] },
      {
        claims: ['acme/10000/10001 Authoritative'],
        entries: ['acme/10000/10001 user:a2', 'acme/10000/10001 user:promised:new@acme.com'],
        problems: [['UNKNOWN_USER', 'error', 'spec.subjects.0.email', 'did you mean "ana@acme.com"?']],
      },
    ],
  }
  test.each(Object.entries(table))('%s', (_, [given, expected]) => {
    expect(shown(expand(given))).toEqual(expected)
  })

  test('a retired binding claims its scopes as additive, asks for nothing and holds nothing', () => {
    expect(shown(expand({ projects: { keys: ['PAY', 'GONE'] } }, true))).toEqual({
      claims: ['acme/10000/10001 Additive'],
      entries: [],
      problems: [['UNKNOWN_PROJECT', 'warning', 'spec.projects.keys.1', undefined]],
    })
  })
})

const scope = roleScope('acme', pay, developers)
const user = (accountId: string): Actor =>
  actor(scope, { principal: { type: 'user', account: { accountId } }, title: accountId })
const group = (groupId: string): Actor =>
  actor(scope, { principal: { type: 'group', group: { groupId } }, title: groupId })
const promisedUser = actor(scope, {
  principal: { type: 'user', account: { promised: 'new@acme.com' } },
  title: 'new@acme.com',
})
const create = (after: Actor): Change<Actor> => ({ action: 'create', after, why: 'declared', origins: [] })
const remove = (before: Actor): Change<Actor> => ({ action: 'delete', before, why: 'withdrawn', origins: [] })

describe('observed actors', () => {
  const user2 = { type: 'atlassian-user-role-actor' }
  const table: Record<string, readonly [Parameters<typeof observedActor>[1], object]> = {
    'a person is shown by e-mail': [
      { ...user2, actorUser: { accountId: 'a1' } },
      { key: 'user:a1', title: 'ana@acme.com', keep: undefined },
    ],
    'an app is kept': [
      { ...user2, actorUser: { accountId: 'bot' } },
      { key: 'user:bot', keep: 'app account' },
    ],
    'an account that the organization does not know is kept': [
      { ...user2, actorUser: { accountId: 'x' } },
      { key: 'user:x', keep: 'account unknown to the organization' },
    ],
    'a group is matched by id and not by the name that Jira remembers': [
      { type: 'atlassian-group-role-actor', actorGroup: { groupId: 'g1', name: 'old name' } },
      { key: 'group:g1', title: 'group pay-devs' },
    ],
    'a group of add-ons is kept': [
      { type: 'atlassian-group-role-actor', actorGroup: { groupId: 'g9', name: 'atlassian-addons-admin' } },
      { keep: 'group of Atlassian apps' },
    ],
    'an actor of an unknown type is kept': [
      { type: 'robot', displayName: 'R2' },
      { key: 'class:robot:R2', keep: 'actor of unknown type robot' },
    ],
  }
  test.each(Object.entries(table))('%s', (_, [bean, expected]) => {
    const found = observedActor(scope, bean, directory)
    expect({ ...found, keep: found.keep }).toMatchObject(expected)
  })
})

describe('writes', () => {
  test('users go together, groups go together, who is only promised goes alone', () => {
    const changes = [create(user('a1')), create(group('g1')), create(promisedUser), create(user('a2'))]
    const keys = batches(changes).map((batch) => batch.map((each) => 'after' in each && each.after.key))
    expect(keys).toEqual([['user:a1', 'user:a2'], ['group:g1'], ['user:promised:new@acme.com']])
  })

  test('removals go one by one, since the call takes one actor', () => {
    expect(batches([remove(user('a1')), remove(user('a2'))]).map(({ length }) => length)).toEqual([1, 1])
  })

  async function written(action: 'create' | 'delete', changes: readonly Change<Actor>[]): Promise<unknown[]> {
    const calls: ApiRequest[] = []
    const identities = createIdentities()
    identities.learnAccount('new@acme.com', 'a3')
    const writer = { write: async <Body>(request: ApiRequest) => void calls.push(request) as Body }
    const context = { writer, identities } as unknown as WriteContext
    await jiraRoleBinding.write({ action, changes }, context)
    return calls.map(({ method, params, query, body }) => ({ method, ...params, ...query, body }))
  }
  const at = { projectIdOrKey: '10000', id: '10001' }

  test('one POST adds all users of a batch by account id', async () => {
    expect(await written('create', [create(user('a1')), create(promisedUser)])).toEqual([
      { method: 'POST', ...at, body: { user: ['a1', 'a3'] } },
    ])
  })

  test('a group is added and removed by id', async () => {
    expect(await written('create', [create(group('g1'))])).toEqual([
      { method: 'POST', ...at, body: { groupId: ['g1'] } },
    ])
    expect(await written('delete', [remove(group('g1'))])).toEqual([{ method: 'DELETE', ...at, groupId: 'g1' }])
  })
})

describe('reads', () => {
  test('a search that answers 404 has found nothing', async () => {
    const reader = readerOf({
      '/rest/api/3/project/search': () => {
        throw notFound()
      },
    })
    expect(await searchProjects(reader, 'acme')).toEqual([])
  })

  test('a search that answers 404 after its first page has not found everything', async () => {
    const reader = readerOf({
      '/rest/api/3/project/search': ({ query }) => {
        if (query?.['startAt'] === 0) return { values: [pay], isLast: false }
        throw notFound()
      },
    })
    await expect(searchProjects(reader, 'acme')).rejects.toThrow(RemoteError)
  })

  const role = '/rest/api/3/project/{projectIdOrKey}/role/{id}'
  test.each([
    [false, 'FORBIDDEN'],
    [true, 'NOT_FOUND'],
  ])('a role that answers 404 where the permission is %s is %s', async (havePermission, code) => {
    const reader = readerOf({
      [role]: () => {
        throw notFound()
      },
      '/rest/api/3/mypermissions': () => ({ permissions: { ADMINISTER_PROJECTS: { havePermission } } }),
    })
    expect(await readActors(reader, scope.ref)).toMatchObject({ code })
  })

  test('a role without a list of actors is not an empty role', async () => {
    expect(await readActors(readerOf({ [role]: () => ({ id: 1 }) }), scope.ref)).toMatchObject({ code: 'INCOMPLETE' })
  })
})
