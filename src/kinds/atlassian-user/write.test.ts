import { describe, expect, test } from 'vitest'
import type { Change } from '../../core/change.ts'
import { createIdentities, type Account } from '../../core/directory.ts'
import type { WriteContext } from '../../core/kind.ts'
import type { ApiRequest } from '../../core/ports.ts'
import { RemoteError } from '../../core/remote-error.ts'
import type { Fields } from '../../core/resource.ts'
import { sketchDirectory, type DirectorySketch } from '../directory.builder.ts'
import { accountResource, accountScope, observedFields, type AccountResource } from './account.ts'
import { lanes, writeAccounts } from './write.ts'

type Answers = Readonly<Record<string, unknown>>
const record = { id: 'scim-1', active: true, profile: { title: 'Engineer' } }

/** Answers by `METHOD path`, journal of the writes. A search that finds nobody is answered again and again. */
function world(sketch: DirectorySketch, answers: Answers = {}) {
  const journal: ApiRequest[] = []
  let slept = 0
  const answer = async <Body>({ method, path }: ApiRequest): Promise<Body> => {
    const found = answers[`${method} ${path}`]
    return (typeof found === 'function' ? (found as () => unknown)() : found) as Body
  }
  const context: WriteContext = {
    reader: { read: answer },
    writer: {
      write: async <Body>(request: ApiRequest) => {
        journal.push(request)
        return answer<Body>(request)
      },
    },
    identities: createIdentities(),
    directory: sketchDirectory(sketch),
    catalogue: undefined,
    clock: { now: () => 0, sleep: async (ms) => void (slept += ms) },
    signal: new AbortController().signal,
  }
  return { context, journal, slept: () => slept }
}

/** A batch of one; its refusal is thrown, as the engine would tell it. */
async function writeOne(change: Change<AccountResource>, context: WriteContext): Promise<void> {
  for (const refusal of (await writeAccounts({ action: change.action, changes: [change] }, context)).values())
    throw refusal
}

const declared = { why: 'declared', origins: [] } as const
const promised = accountScope({ promised: 'ana@x.io' }, 'ana@x.io')
const created = (fields: Fields): Change<AccountResource> => ({
  action: 'create',
  after: accountResource(promised, fields),
  ...declared,
})
const updated = (account: Account, after: Fields, policyId?: string): Change<AccountResource> => {
  const scope = accountScope({ accountId: account.accountId }, 'ana@x.io')
  const before = accountResource(scope, observedFields(account, policyId))
  return { action: 'update', before, after: accountResource(scope, after), ...declared }
}
const shown = ({ method, path, params, body }: ApiRequest) =>
  [`${method} ${path.split('/').slice(-3).join('/')}`, params, body].filter((each) => each !== undefined)

const searchPath = 'POST /v2/orgs/{orgId}/directories/{directoryId}/users/search'
const extension = 'urn:scim:schemas:extension:atlassian-external:1.0'
const scimPath = '/scim/directory/{directoryId}/Users'

describe('a new account', () => {
  test('SCIM answers with the account id, which is learned', async () => {
    const answers = { [`POST ${scimPath}`]: { id: 'scim-1', [extension]: { atlassianAccountId: 'id-ana' } } }
    const { context, journal } = world({ provisioningMethod: 'SCIM' }, answers)
    await writeOne(created({ state: 'Active', givenName: 'Ana' }), context)
    expect(journal.map(({ body }) => body)).toEqual([
      {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: 'ana@x.io',
        emails: [{ value: 'ana@x.io', type: 'work', primary: true }],
        name: { givenName: 'Ana' },
        active: true,
      },
    ])
    expect(context.identities.accountId({ promised: 'ana@x.io' })).toBe('id-ana')
  })

  test('an id that is not in the answer is looked for until it shows', async () => {
    let asked = 0
    const search = () => ({ data: ++asked < 3 ? [] : [{ accountId: 'id-ana' }], links: {} })
    const { context, slept } = world({ provisioningMethod: 'SCIM' }, { [searchPath]: search })
    await writeOne(created({ state: 'Active' }), context)
    expect(context.identities.accountId({ promised: 'ana@x.io' })).toBe('id-ana')
    expect(slept()).toBe(1500)
  })

  test('an id that never shows leaves the account pending, after a bounded time', async () => {
    const { context, slept } = world({ provisioningMethod: 'SCIM' }, { [searchPath]: { data: [], links: {} } })
    await writeOne(created({ state: 'Active' }), context)
    expect(() => context.identities.accountId({ promised: 'ana@x.io' })).toThrow('does not exist yet')
    expect(slept()).toBeLessThanOrEqual(15_000)
  })

  const invitePath = 'POST /v2/orgs/{orgId}/users/invite'
  test('an invitation is sent without a mail, and the id learned', async () => {
    const answers = { [invitePath]: { data: [{ email: 'Ana@x.io', id: 'id-ana', results: [] }] } }
    const { context, journal } = world({}, answers)
    await writeOne(created({ state: 'Active' }), context)
    expect(journal.map(({ body }) => body)).toEqual([{ emails: ['ana@x.io'], sendNotification: false }])
    expect(context.identities.accountId({ promised: 'ana@x.io' })).toBe('id-ana')
  })

  test('an invitation that failed within a good answer is a refusal with its reason', async () => {
    const results = [{ roleAssignmentResult: [{ status: 'ERROR', statusReason: 'NO_SEAT' }] }]
    const { context } = world({}, { [invitePath]: { data: [{ email: 'ana@x.io', id: 'id-ana', results }] } })
    const failure = await writeOne(created({ state: 'Active' }), context).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RemoteError)
    expect((failure as RemoteError).failure).toMatchObject({ code: 'NO_SEAT', effect: 'refused' })
  })
})

describe('several new accounts', () => {
  const invitePath = 'POST /v2/orgs/{orgId}/users/invite'
  const named = (name: string, fields: Fields = { state: 'Active' }): Change<AccountResource> => {
    const scope = accountScope({ promised: `${name}@x.io` }, `${name}@x.io`)
    return { action: 'create', after: accountResource(scope, fields), ...declared }
  }
  const refusedResult = [{ groupAssignmentResult: [{ status: 'ERROR', statusReason: 'NO_SEAT' }] }]

  test('go out 25 a call', () => {
    const many = Array.from({ length: 60 }, (_, index) => named(`p${index}`))
    expect(lanes(many).map(({ length }) => length)).toEqual([25, 25, 10])
  })

  test('are invited in one call; whoever is refused in it is told, the others are learned', async () => {
    const data = [
      { email: 'ana@x.io', id: 'id-ana', results: [] },
      { email: 'bo@x.io', id: 'id-bo', results: refusedResult },
    ]
    const search = { data: [{ accountId: 'id-cy', email: 'cy@x.io' }], links: {} }
    const { context, journal } = world({}, { [invitePath]: { data }, [searchPath]: search })
    const changes = ['ana', 'bo', 'cy'].map((name) => named(name))
    const refusals = await writeAccounts({ action: 'create', changes }, context)
    expect(journal.map(({ body }) => body)).toEqual([
      { emails: ['ana@x.io', 'bo@x.io', 'cy@x.io'], sendNotification: false },
    ])
    expect([...refusals].map(([change, { failure }]) => [change, failure.code])).toEqual([[changes[1], 'NO_SEAT']])
    const idOf = (name: string) => context.identities.accountId({ promised: `${name}@x.io` })
    expect([idOf('ana'), idOf('cy')]).toEqual(['id-ana', 'id-cy'])
    expect(() => idOf('bo')).toThrow('does not exist yet')
  })

  test('of the SCIM directory: one that is taken does not stop the others', async () => {
    let made = 0
    const create = () => {
      made += 1
      if (made === 1) throw new RemoteError({ request: 'POST', status: 409, effect: 'refused' })
      return { id: 'scim-bo', [extension]: { atlassianAccountId: 'id-bo' } }
    }
    const { context } = world({ provisioningMethod: 'SCIM' }, { [`POST ${scimPath}`]: create })
    const changes = ['ana', 'bo'].map((name) => named(name))
    const refusals = await writeAccounts({ action: 'create', changes }, context)
    expect([...refusals.keys()]).toEqual([changes[0]])
    expect(context.identities.accountId({ promised: 'bo@x.io' })).toBe('id-bo')
  })
})

describe('a change of an account', () => {
  const operations = (...all: readonly (readonly [string, unknown])[]) => ({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: all.map(([path, value]) => ({ op: 'replace', path, value })),
  })
  const patch = (...all: readonly (readonly [string, unknown])[]) => [
    'PATCH {directoryId}/Users/{userId}',
    { userId: 'scim-1' },
    operations(...all),
  ]
  const organization = (verb: string) => [`POST users/{accountId}/${verb}`, { accountId: 'id-ana' }, {}]
  const lifecycle = (verb: string, ...body: object[]) => [
    `POST manage/lifecycle/${verb}`,
    { account_id: 'id-ana' },
    ...body,
  ]

  const table: Record<string, readonly [Partial<Account>, Fields, readonly unknown[], DirectorySketch?]> = {
    'suspending goes through the organization': [{}, { state: 'Suspended' }, [organization('suspend')]],
    'a former address of a managed account is changed, and its profile with it': [
      {},
      { email: 'ana.ruiz@x.io', title: 'Lead', displayName: 'Ana Ruiz' },
      [
        [
          'PATCH {account_id}/manage/profile',
          { account_id: 'id-ana' },
          { name: 'Ana Ruiz', extended_profile: { job_title: 'Lead' } },
        ],
        ['PUT {account_id}/manage/email', { account_id: 'id-ana' }, { email: 'ana.ruiz@x.io' }],
      ],
    ],
    'the address of a provisioned account is its user name': [
      { provisioned: record },
      { email: 'ana.ruiz@x.io' },
      [patch(['userName', 'ana.ruiz@x.io'], ['emails', [{ value: 'ana.ruiz@x.io', type: 'work', primary: true }]])],
    ],
    'a closed account is opened before its profile is written': [
      { status: 'deactivated' },
      { state: 'Active', title: 'Lead' },
      [
        lifecycle('enable'),
        ['PATCH {account_id}/manage/profile', { account_id: 'id-ana' }, { extended_profile: { job_title: 'Lead' } }],
      ],
    ],
    'somebody is made an organization admin by its role': [
      {},
      { organizationAdmin: true },
      [['POST {userId}/role-assignments/assign', { userId: 'id-ana' }, { role: 'atlassian/org-admin' }]],
    ],
    'and is one no longer': [
      { platformRoles: ['atlassian/org-admin'] },
      { organizationAdmin: false },
      [['POST {userId}/role-assignments/revoke', { userId: 'id-ana' }, { role: 'atlassian/org-admin' }]],
    ],
    'restoring likewise': [{ status: 'suspended' }, { state: 'Active' }, [organization('restore')]],
    'a managed account is deactivated by its life cycle': [{}, { state: 'Deactivated' }, [lifecycle('disable', {})]],
    'and activated again': [{ status: 'deactivated' }, { state: 'Active' }, [lifecycle('enable')]],
    'a provisioned account is deactivated and changed in one patch': [
      { provisioned: record },
      { state: 'Deactivated', title: 'Former engineer' },
      [patch(['active', false], ['title', 'Former engineer'])],
    ],
    'a provisioned account is suspended by the organization': [
      { provisioned: record },
      { state: 'Suspended' },
      [organization('suspend')],
    ],
    'an account whose record was not needed before is looked up to be activated': [
      { status: 'deactivated' },
      { state: 'Active' },
      [patch(['active', true])],
      { provisioningMethod: 'SCIM' },
    ],
    'somebody outside the organization is invited': [
      { status: 'not_invited' },
      { state: 'Active' },
      [['POST {orgId}/users/invite', { emails: ['ana@x.io'], sendNotification: false }]],
    ],
    'a changed profile of a suspended account leaves it suspended': [
      { status: 'suspended', provisioned: record },
      { state: 'Suspended', title: 'Lead' },
      [patch(['title', 'Lead'])],
    ],
  }
  for (const [sentence, [account, after, calls, sketch]] of Object.entries(table)) {
    test(sentence, async () => {
      const { context, journal } = world(
        { ...sketch, accounts: { ana: account } },
        {
          [`GET ${scimPath}`]: { Resources: [{ id: 'scim-1' }] },
          'POST /v2/orgs/{orgId}/users/invite': { data: [{ email: 'ana@x.io', id: 'id-ana' }] },
        },
      )
      await writeOne(updated(context.directory.accounts[0]!, after), context)
      const sorted = journal.map((request) => shown(request))
      expect(sorted).toEqual(calls.map((call) => expect.arrayContaining(call as unknown[])))
    })
  }

  const addPath = 'POST /admin/control/v1/orgs/{orgId}/auth-policy/{policyId}/add-users'
  const taskPath = 'GET /admin/control/v1/orgs/{orgId}/auth-policy/task/{taskId}'
  const move = async (task: unknown) => {
    const { context, journal } = world({ accounts: { ana: {} } }, { [addPath]: { taskId: 't1' }, [taskPath]: task })
    const after = { state: 'Active', authenticationPolicyId: 'p2' }
    await writeOne(updated(context.directory.accounts[0]!, after, 'p1'), context)
    return journal.map(({ params, body }) => ({ params, body }))
  }

  test('moving to another policy waits for the task to end', async () => {
    let asked = 0
    const task = () => ({ inProgressCount: ++asked < 3 ? 1 : 0, failureCount: 0 })
    expect(await move(task)).toEqual([{ params: { policyId: 'p2' }, body: { users: ['ana@x.io'] } }])
    expect(asked).toBe(3)
  })

  test('a move that failed is a refusal', async () => {
    const failureReasons = [{ emails: ['ana@x.io'], details: { status: 400, title: 'not claimed' } }]
    await expect(move({ inProgressCount: 0, failureCount: 1, failureReasons })).rejects.toMatchObject({
      failure: { status: 400, detail: 'not claimed', effect: 'refused' },
    })
  })

  test('a move that does not end has an unknown effect', async () => {
    await expect(move({ inProgressCount: 1 })).rejects.toMatchObject({ failure: { effect: 'unknown' } })
  })

  test('an account is never deleted', async () => {
    const { context, journal } = world({})
    const removal = { action: 'delete', before: accountResource(promised, {}), why: 'withdrawn', origins: [] } as const
    await expect(writeOne(removal, context)).rejects.toThrow('never deleted')
    expect(journal).toEqual([])
  })
})
