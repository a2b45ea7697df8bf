import { unreadOf } from '../../atlassian/paginate.ts'
import type { Change } from '../../core/change.ts'
import { subject } from '../../core/change.ts'
import type { Account, IdentityNeeds, Unread } from '../../core/directory.ts'
import { defineKind, type Batch, type ObserveContext, type WriteContext } from '../../core/kind.ts'
import { membershipKind, type Member } from '../../core/membership.ts'
import { accountKey, normalEmail } from '../../core/principal.ts'
import type { Scope } from '../../core/resource.ts'
import { accountResource, isAccountResource, observedFields, userKind } from './account.ts'
import type { AccountResource, AccountScope } from './account.ts'
import { expand } from './expand.ts'
import { policiesPerCall, readPolicies } from './policy-api.ts'
import { profileFields } from './profile.ts'
import { AtlassianUserSpec } from './schema.ts'
import { writeAccount } from './write.ts'

export const atlassianUser = defineKind<typeof AtlassianUserSpec, undefined, AccountResource | Member>({
  name: userKind,
  schema: AtlassianUserSpec,
  description: 'An account: its profile, its state, the products it can use.',
  touches: [userKind, membershipKind],
  needs,
  promises: ({ email, state }) => ({ account: { email, created: state === 'Active' } }),
  expand,
  forecast: (scopes) => ({ calls: Math.ceil(wantingPolicy(scopes).length / policiesPerCall), exact: true }),
  observe,
  write,
  realize(resource, identities) {
    if (!isAccountResource(resource)) return resource
    const account = { accountId: identities.accountId(resource.ref.account) }
    const ref = { ...resource.ref, account }
    const scope = { ...resource.scope, key: accountKey(account), ref }
    return { ...resource, scope, ref, principal: { type: 'user', account } }
  },
})

function needs(spec: AtlassianUserSpec): Partial<IdentityNeeds> {
  const hasProfile = profileFields.some((field) => spec[field] !== undefined)
  return {
    emails: new Set([normalEmail(spec.email)]),
    products: new Set(spec.products),
    provisioning: hasProfile || spec.state !== 'Active' || spec.deletionPolicy === 'Deactivate',
  }
}

const wantingPolicy = (scopes: readonly Scope[]): readonly string[] =>
  (scopes as readonly AccountScope[]).flatMap(({ ref: { account, wantsPolicy } }) =>
    wantsPolicy && 'accountId' in account ? account.accountId : [],
  )

type Policies = ReadonlyMap<string, string | Unread>

/** Accounts come with the directory; only authentication policies take calls. */
async function observe(
  scopes: readonly Scope[],
  { reader, directory }: ObserveContext,
): Promise<ReadonlyMap<string, readonly AccountResource[] | Unread>> {
  const wanting = wantingPolicy(scopes)
  const chunks = Array.from({ length: Math.ceil(wanting.length / policiesPerCall) }, (_, index) =>
    wanting.slice(index * policiesPerCall, (index + 1) * policiesPerCall),
  )
  const read = chunks.map(async (accountIds): Promise<readonly (readonly [string, string | Unread])[]> => {
    const found = await readPolicies(reader, accountIds).catch(unreadOf)
    return 'code' in found ? accountIds.map((accountId) => [accountId, found] as const) : [...found]
  })
  const policies: Policies = new Map((await Promise.all(read)).flat())
  return new Map(
    (scopes as readonly AccountScope[]).map((scope) => {
      const { account: ref, email } = scope.ref
      const account = 'promised' in ref ? directory.account(email) : directory.accountById(ref.accountId)
      return [scope.key, account ? observed(scope, account, policies) : (directory.unread.accounts ?? [])]
    }),
  )
}

function observed(scope: AccountScope, account: Account, policies: Policies): readonly AccountResource[] | Unread {
  const policy = policies.get(account.accountId)
  if (typeof policy === 'object') return policy
  return [{ ...accountResource(scope, observedFields(account, policy)), keep: 'accounts are never deleted' }]
}

async function write({ changes }: Batch<AccountResource | Member>, context: WriteContext): Promise<void> {
  for (const change of changes) {
    if (!isAccountChange(change)) throw new Error(`${subject(change).scope.kind} is written by its own kind`)
    await writeAccount(change, context)
  }
}

const isAccountChange = (change: Change<AccountResource | Member>): change is Change<AccountResource> =>
  isAccountResource(subject(change))
