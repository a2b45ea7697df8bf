import { describe, expect, test } from 'vitest'
import type { Change } from '../../core/change.ts'
import { createIdentities } from '../../core/directory.ts'
import type { Demand, WriteContext } from '../../core/kind.ts'
import type { ApiRequest, Reader } from '../../core/ports.ts'
import { RemoteError } from '../../core/remote-error.ts'
import { buildDirectory, buildManifest, nobodyPromised } from '../principals.builder.ts'
import {
  access,
  observedAccess,
  permissionGrant,
  roleGrant,
  spaceScope,
  type Access,
  type SpaceRows,
} from './access.ts'
import { isMeant, readCatalogue, type ConfluenceCatalogue, type SiteCatalogue } from './catalogue.ts'
import { confluenceSpaceGrant } from './index.ts'
import { permissionsOfLevel } from './permissions.ts'
import type { ConfluenceSpaceGrantSpec } from './schema.ts'
import { batches } from './write.ts'

const fin = { id: '65537', key: 'FIN', type: 'global', status: 'current' }
const roles = [
  { id: 'r1', name: 'Viewer', type: 'SYSTEM', spacePermissions: ['read/space'] },
  { id: 'r2', name: 'Collaborator', type: 'SYSTEM', spacePermissions: ['read/space', 'create/page'] },
  { id: 'r9', name: 'Admin', type: 'SYSTEM', spacePermissions: ['read/space', 'administer/space'] },
]
const permission = (type: string, id: string, pair: string) => {
  const [key = '', targetType = ''] = pair.split('/')
  return { id: `${id} ${pair}`, principal: { type, id }, operation: { key, targetType } }
}
const assignment = (principalType: string, principalId: string, roleId: string) => ({
  principal: { principalType, principalId },
  roleId,
})
const directory = buildDirectory({ accounts: { 'ana@acme.com': 'a1' }, apps: ['bot'], groups: { 'pay-devs': 'g1' } })
const scope = spaceScope('acme', fin)
const withoutLevel: ConfluenceSpaceGrantSpec = {
  site: 'acme',
  spaces: { keys: ['FIN'] },
  authority: 'Authoritative',
  subjects: [{ group: 'pay-devs' }],
  adoptCustomAccess: false,
}
const spec: ConfluenceSpaceGrantSpec = { ...withoutLevel, level: 'Contributor' }
const byRole = (role: string): ConfluenceSpaceGrantSpec => ({ ...withoutLevel, role })
const byPermissions = (
  ...permissions: NonNullable<ConfluenceSpaceGrantSpec['permissions']>
): ConfluenceSpaceGrantSpec => ({ ...withoutLevel, permissions })

const catalogueOf = (site: Partial<SiteCatalogue>): ConfluenceCatalogue =>
  new Map([['acme', { mode: 'ROLES', spaces: [fin], roles, held: new Map(), ...site }]])

function expand(given: ConfluenceSpaceGrantSpec, site: Partial<SiteCatalogue>, retired = false): Demand {
  return confluenceSpaceGrant.expand(
    { manifest: buildManifest('ConfluenceSpaceGrant', given, retired), spec: given },
    { directory, promised: nobodyPromised, catalogue: catalogueOf(site), siblings: new Map(), peers: [], nowMs: 0 },
  )
}

const shown = ({ entries, diagnostics }: Demand) => ({
  entries: entries.map(({ resource }) => [resource.key, resource.fields]),
  problems: diagnostics.map(({ code, severity, path }) => `${severity} ${code} ${path?.join('.')}`),
})

const transition: Partial<SiteCatalogue> = { mode: 'ROLES_TRANSITION' }

describe('expand', () => {
  const table: Record<string, readonly [ConfluenceSpaceGrantSpec, Partial<SiteCatalogue>, ReturnType<typeof shown>]> = {
    'a level is a role on a site with roles': [spec, {}, { entries: [['group:g1', { role: 'r2' }]], problems: [] }],
    'a level is a set of permissions on a site before roles': [
      spec,
      { mode: 'PRE_ROLES', roles: [] },
      { entries: [['group:g1', { permissions: [...permissionsOfLevel.Contributor] }]], problems: [] },
    ],
    'a role by name needs a site with roles': [
      byRole('Viewer'),
      { mode: 'PRE_ROLES', roles: [] },
      { entries: [], problems: ['error WRONG_MODE spec.role'] },
    ],
    'permissions need a site that still has them': [
      byPermissions('read/space'),
      {},
      { entries: [], problems: ['error WRONG_MODE spec.permissions'] },
    ],
    'an unknown role is an error': [byRole('Viewr'), {}, { entries: [], problems: ['error UNKNOWN_ROLE spec.role'] }],
    'on a site in transition a level is a role': [
      spec,
      transition,
      { entries: [['group:g1', { role: 'r2' }]], problems: [] },
    ],
    'an unknown space is an error': [
      { ...spec, spaces: { keys: ['FINN'] } },
      {},
      { entries: [], problems: ['error UNKNOWN_SPACE spec.spaces.keys.0'] },
    ],
  }
  test.each(Object.entries(table))('%s', (_, [given, site, expected]) => {
    expect(shown(expand(given, site))).toEqual(expected)
  })

  test('a site that could not be read is told at the site, and holds removals everywhere', () => {
    const unread = new Map([['acme', { code: 'FORBIDDEN', message: 'answered 403' } as const]])
    const demand = confluenceSpaceGrant.expand(
      { manifest: buildManifest('ConfluenceSpaceGrant', spec), spec },
      { directory, promised: nobodyPromised, catalogue: unread, siblings: new Map(), peers: [], nowMs: 0 },
    )
    expect(shown(demand).problems).toEqual(['error CATALOGUE_UNREAD spec.site'])
    expect(demand.unclaimed).toBe(true)
  })

  test('a retired grant claims its spaces as additive and asks for nothing', () => {
    const { claims, entries } = expand(spec, {}, true)
    expect(claims.map((claim) => [claim.scope.key, claim.authority])).toEqual([['acme/65537', 'Additive']])
    expect(entries).toEqual([])
  })

  test('a selector leaves out personal and archived spaces unless it asks for them', () => {
    const personal = { ...fin, key: '~ana', type: 'personal' }
    const all = { spaces: { selector: { keys: ['*'] } } }
    expect([fin, personal, { ...fin, status: 'archived' }].map((each) => isMeant(each, all))).toEqual([
      true,
      false,
      false,
    ])
    expect(isMeant(personal, { spaces: { selector: { type: 'personal' } } })).toBe(true)
  })

  test('a selector takes what fits its patterns, and no key that is left out', () => {
    const selector = { keys: ['FIN*', 'ENG'], exclude: ['*TEST'] }
    const taken = ['FIN', 'FINOPS', 'FINTEST', 'ENG', 'HR'].filter((key) =>
      isMeant({ ...fin, key }, { spaces: { selector } }),
    )
    expect(taken).toEqual(['FIN', 'FINOPS', 'ENG'])
  })
})

describe('observed access', () => {
  const observed = (rows: SpaceRows) =>
    observedAccess(scope, rows, { roles, directory }).map(({ key, fields, keep, counts }) => ({
      key,
      fields,
      ...(keep !== undefined && { keep }),
      ...(counts && { counts }),
    }))

  const table: Record<string, readonly [SpaceRows, object[]]> = {
    'the rows of one holder are one sorted set': [
      { assignments: [], permissions: ['read/space', 'create/page'].map((pair) => permission('user', 'a1', pair)) },
      [{ key: 'user:a1', fields: { permissions: ['create/page', 'read/space'] } }],
    ],
    'a role wins over the rows that follow from it': [
      { assignments: [assignment('GROUP', 'g1', 'r1')], permissions: [permission('group', 'g1', 'read/space')] },
      [{ key: 'group:g1', fields: { role: 'r1' } }],
    ],
    'who administers the space counts, by role or by permission': [
      { assignments: [assignment('GROUP', 'g1', 'r9')], permissions: [permission('user', 'a1', 'administer/space')] },
      [
        { key: 'group:g1', fields: { role: 'r9' }, counts: true },
        { key: 'user:a1', fields: { permissions: ['administer/space'] }, counts: true },
      ],
    ],
    'access classes, the anonymous and what comes later are kept': [
      {
        assignments: [assignment('ACCESS_CLASS', 'all-licensed-users', 'r1'), assignment('ROBOT', 'x', 'r1')],
        permissions: [permission('user', 'anonymous', 'read/space'), permission('user', 'bot', 'read/space')],
      },
      [
        { key: 'class:all-licensed-users', fields: { role: 'r1' }, keep: 'access class' },
        { key: 'class:robot:x', fields: { role: 'r1' }, keep: 'principal of unknown type ROBOT' },
        { key: 'class:anonymous-users', fields: { permissions: ['read/space'] }, keep: 'access class' },
        { key: 'user:bot', fields: { permissions: ['read/space'] }, keep: 'app account' },
      ],
    ],
    'a permission that Roster does not know is not compared, and who has nothing else is kept': [
      {
        assignments: [],
        permissions: [
          permission('user', 'a1', 'read/space'),
          permission('user', 'a1', 'bless/page'),
          permission('group', 'g1', 'bless/page'),
        ],
      },
      [
        { key: 'user:a1', fields: { permissions: ['read/space'] } },
        {
          key: 'group:g1',
          fields: { permissions: [] },
          keep: 'has only permissions that Roster does not know',
        },
      ],
    ],
    "what a role may do is nobody's access": [
      { assignments: [], permissions: [permission('role', 'r1', 'read/space')] },
      [],
    ],
  }
  test.each(Object.entries(table))('%s', (_, [rows, expected]) => {
    expect(observed(rows)).toEqual(expected)
  })
})

describe('writes', () => {
  const user = (accountId: string) => ({
    principal: { type: 'user', account: { accountId } } as const,
    title: accountId,
  })
  const role = (accountId: string, id = 'r1') => access(scope, user(accountId), roleGrant({ id, name: id }))
  const create = (after: Access): Change<Access> => ({ action: 'create', after, why: 'declared', origins: [] })
  const remove = (before: Access): Change<Access> => ({ action: 'delete', before, why: 'withdrawn', origins: [] })

  async function written(...changes: Change<Access>[]): Promise<unknown[]> {
    const calls: unknown[] = []
    const writer = { write: async <Body>({ body }: ApiRequest) => void calls.push(body) as Body }
    const context = { writer, identities: createIdentities() } as unknown as WriteContext
    await confluenceSpaceGrant.write({ action: 'create', changes }, context)
    return calls
  }
  const principal = (principalId: string) => ({ principalType: 'USER', principalId })

  test('roles of one batch are one call, and an entry without role removes', async () => {
    expect(await written(create(role('a1')), create(role('a2', 'r2')))).toEqual([
      [
        { principal: principal('a1'), roleId: 'r1' },
        { principal: principal('a2'), roleId: 'r2' },
      ],
    ])
    expect(await written(remove(role('a1')))).toEqual([[{ principal: principal('a1') }]])
  })

  test('roles go together, single permissions holder by holder', () => {
    const permissions = ['a3', 'a4'].map((id) => access(scope, user(id), permissionGrant(['read/space'])))
    const all = [role('a1'), role('a2'), ...permissions].map(create)
    expect(batches(all).map(({ length }) => length)).toEqual([2, 1, 1])
  })
})

describe('the catalogue', () => {
  const readerOf = (answers: Readonly<Record<string, unknown>>, asked: string[] = []): Reader => ({
    read: async <Body>({ path }: ApiRequest) => {
      asked.push(path.replace('/wiki/api/v2', ''))
      const answer = answers[path.replace('/wiki/api/v2', '')]
      if (answer === undefined) throw new RemoteError({ request: `GET ${path}`, status: 404, effect: 'refused' })
      return answer as Body
    },
  })
  const spaces = { results: [fin], _links: {} }
  const read = async (answers: Readonly<Record<string, unknown>>, asked?: string[], given = spec) =>
    (await readCatalogue([given], readerOf(answers, asked))).get('acme')

  test('a site whose role list is missing has no roles, whatever its mode says', async () => {
    expect(await read({ '/space-role-mode': { mode: 'ROLES' }, '/spaces': spaces })).toMatchObject({
      mode: 'PRE_ROLES',
      roles: [],
    })
  })

  test('a site that does not know the question for its mode is in transition where it has roles', async () => {
    const roles = { results: [{ id: 'r1', name: 'Viewer' }], _links: {} }
    expect(await read({ '/spaces': spaces, '/space-roles': roles })).toMatchObject({
      mode: 'ROLES_TRANSITION',
      roles: [{ name: 'Viewer' }],
    })
    expect(await read({ '/spaces': spaces })).toMatchObject({ mode: 'PRE_ROLES', roles: [] })
  })

  test('spaces that cannot be read are no empty site', async () => {
    expect(await read({ '/space-role-mode': { mode: 'PRE_ROLES' } })).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('custom access', () => {
  const holder = { principal: { type: 'group', group: { groupId: 'g1' } } as const, title: 'group g1' }
  const asRole = (replaces: boolean) => access(scope, holder, roleGrant({ id: 'r1', name: 'Viewer' }), replaces)
  const single = access(scope, holder, permissionGrant(['read/space']), true)
  const update = (before: Access, after: Access): Change<Access> => ({
    action: 'update',
    before,
    after,
    why: 'declared',
    origins: [],
  })
  const table: Record<string, readonly [Change<Access>, RegExp | undefined]> = {
    'does not become a role by the way': [update(single, asRole(false)), /adoptCustomAccess/],
    'becomes a role where the manifest says so': [update(single, asRole(true)), undefined],
    'never takes the place of a role': [update(asRole(true), single), /excludes custom access/],
    'is changed where it is declared': [
      update(single, { ...single, fields: { permissions: ['read/space', 'create/page'] } }),
      undefined,
    ],
  }
  test.each(Object.entries(table))('%s', (_, [change, reason]) => {
    const found = confluenceSpaceGrant.objection(change)
    expect(found === undefined ? undefined : reason?.test(found)).toBe(reason && true)
  })
})
