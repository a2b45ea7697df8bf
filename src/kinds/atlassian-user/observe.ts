import { unreadOf } from '../../atlassian/paginate.ts'
import type { Account, Unread } from '../../core/directory.ts'
import type { Forecast, ObserveContext } from '../../core/kind.ts'
import type { Reader } from '../../core/ports.ts'
import type { Scope } from '../../core/resource.ts'
import { accountResource, observedFields, type AccountResource, type AccountScope, type Ask } from './account.ts'
import { managedFields, readDenied } from './managed-api.ts'
import { policiesPerCall, readPolicies } from './policy-api.ts'

const asking = (scopes: readonly Scope[], ask: Ask): readonly string[] =>
  (scopes as readonly AccountScope[]).flatMap(({ ref: { account, asks } }) =>
    asks.includes(ask) && 'accountId' in account ? account.accountId : [],
  )

export const forecast = (scopes: readonly Scope[]): Forecast => ({
  calls: Math.ceil(asking(scopes, 'policy').length / policiesPerCall) + asking(scopes, 'privileges').length,
  exact: true,
})

/** Accounts come with the directory; policies take a call for many, privileges one each where something is to change. */
export async function observe(
  scopes: readonly Scope[],
  { reader, directory }: ObserveContext,
): Promise<ReadonlyMap<string, readonly AccountResource[] | Unread>> {
  const [policies, denials] = await Promise.all([
    policiesOf(asking(scopes, 'policy'), reader),
    denialsOf(asking(scopes, 'privileges'), reader),
  ])
  return new Map(
    (scopes as readonly AccountScope[]).map((scope) => {
      const { account: ref, email } = scope.ref
      const account = 'promised' in ref ? directory.account(email) : directory.accountById(ref.accountId)
      const found = account && observed(scope, account, { policies, denials })
      return [scope.key, found ?? directory.unread.accounts ?? []]
    }),
  )
}

type ByAccount<Value> = ReadonlyMap<string, Value | Unread>

async function policiesOf(accountIds: readonly string[], reader: Reader): Promise<ByAccount<string>> {
  const chunks = Array.from({ length: Math.ceil(accountIds.length / policiesPerCall) }, (_, index) =>
    accountIds.slice(index * policiesPerCall, (index + 1) * policiesPerCall),
  )
  const read = chunks.map(async (chunk): Promise<readonly (readonly [string, string | Unread])[]> => {
    const found = await readPolicies(reader, chunk).catch(unreadOf)
    return 'code' in found ? chunk.map((accountId) => [accountId, found] as const) : [...found]
  })
  return new Map((await Promise.all(read)).flat())
}

async function denialsOf(
  accountIds: readonly string[],
  reader: Reader,
): Promise<ByAccount<Readonly<Record<string, string>>>> {
  const fields = ['state', 'email', ...managedFields]
  const read = accountIds.map(
    async (accountId) => [accountId, await readDenied(reader, accountId, fields).catch(unreadOf)] as const,
  )
  return new Map(await Promise.all(read))
}

interface Answers {
  readonly policies: ByAccount<string>
  readonly denials: ByAccount<Readonly<Record<string, string>>>
}

function observed(
  scope: AccountScope,
  account: Account,
  { policies, denials }: Answers,
): readonly AccountResource[] | Unread {
  const policy = policies.get(account.accountId)
  if (typeof policy === 'object') return policy
  const denied = denials.get(account.accountId)
  if (denied && isUnread(denied)) return denied
  const resource = accountResource(scope, observedFields(account, policy))
  const ref = denied ? { ...resource.ref, denied } : resource.ref
  return [{ ...resource, ref, keep: 'accounts are never deleted' }]
}

const isUnread = (value: Readonly<Record<string, string>> | Unread): value is Unread => 'code' in value
