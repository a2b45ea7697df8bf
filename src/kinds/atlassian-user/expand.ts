import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Account } from '../../core/directory.ts'
import type { Claim, DeclaredObject, Demand, Entry, ExpandContext } from '../../core/kind.ts'
import type { Member } from '../../core/membership.ts'
import { normalEmail } from '../../core/principal.ts'
import { identityChanged } from '../../core/subject.ts'
import type { Fields } from '../../core/resource.ts'
import { accountResource, accountScope, type AccountResource } from './account.ts'
import { asksOf, newFields, writableFields } from './demand.ts'
import { ruleProblems } from './rules.ts'
import { productClaims, productEntries } from './products.ts'
import type { AtlassianUserSpec } from './schema.ts'

type Spec = AtlassianUserSpec
type Context = ExpandContext<Spec, undefined>
type Wanted = Demand<AccountResource | Member>

const nothing: Wanted = { claims: [], entries: [], diagnostics: [] }

/**
 * The account, and the default groups of its products. The account's scope is claimed only together with a demand, so
 * that no account is ever in it without one: nothing here can remove an account.
 */
export function expand({ manifest, spec }: DeclaredObject<Spec>, context: Context): Wanted {
  const { directory } = context
  const email = normalEmail(spec.email)
  const account = directory.account(email)
  const { accounts: unread } = directory.unread
  if (!account && unread) {
    const message = `accounts were not read (${unread.message}): ${email}`
    const problem = { code: 'IDENTITIES_UNREAD', severity: 'error', message, path: ['spec', 'email'] } as const
    return { ...nothing, diagnostics: [problem], unclaimed: true }
  }
  if (manifest.retired) return retire(spec, account, context)
  const changed = identityChanged(email, directory, ['spec', 'email']) ?? []
  const problems = [...ruleProblems(spec), ...takenAddress(spec, context), ...[changed].flat()]
  if (problems.length > 0) return { ...nothing, diagnostics: problems, unclaimed: true }
  if (account) return existing(spec, account, context)
  return spec.state === 'Active' ? promise(spec, context) : nothing
}

function existing(spec: Spec, account: Account, { directory }: Context): Wanted {
  const demand = writableFields(spec, account, directory)
  // who is deactivated has no use for a product, and its seat goes back
  const wanted = spec.state === 'Deactivated' ? [] : spec.products
  const products = productEntries(wanted, account, directory)
  const own = accountDemand(spec, account, demand.fields)
  return {
    claims: [...own.claims, ...productClaims(directory)],
    entries: [...own.entries, ...products.entries],
    diagnostics: [...demand.diagnostics, ...products.diagnostics],
  }
}

function promise(spec: Spec, { directory }: Context): Wanted {
  const email = normalEmail(spec.email)
  const scope = accountScope({ promised: email }, email)
  const { fields, diagnostics } = newFields(spec, directory)
  const products = productEntries(spec.products, { promised: email }, directory)
  return {
    claims: [{ scope, authority: 'Additive' }, ...productClaims(directory)],
    entries: [{ resource: accountResource(scope, fields), path: ['spec'] }, ...products.entries],
    diagnostics: [...diagnostics, ...products.diagnostics],
  }
}

/** A former address that is somebody else's today must not lead to that person's account. */
function takenAddress({ formerEmails, email }: Spec, { peers }: Context): readonly Diagnostic[] {
  const taken = new Set([email, ...peers.map(({ spec }) => spec.email)].map(normalEmail))
  const index = formerEmails.findIndex((former) => taken.has(normalEmail(former)))
  if (index < 0) return []
  const isOwn = normalEmail(formerEmails[index]!) === normalEmail(email)
  const message = isOwn ? 'the address of today is no former one' : 'another manifest has this address today'
  return [{ code: 'CONFLICTING_DEMANDS', severity: 'error', message, path: ['spec', 'formerEmails', index] }]
}

const stateAfter = { Suspend: 'Suspended', Deactivate: 'Deactivated' } as const

/** Products go, where Roster gave them. The account stays, in the state asked for, unless another manifest has taken it over. */
function retire(spec: Spec, account: Account | undefined, { directory, peers }: Context): Wanted {
  const email = normalEmail(spec.email)
  const takenOver = peers.some((other) => normalEmail(other.spec.email) === email)
  const claims = productClaims(directory)
  if (!account || takenOver || spec.deletionPolicy === 'Retain') return { ...nothing, claims }
  const last = { email: spec.email, state: stateAfter[spec.deletionPolicy] }
  const { fields, diagnostics } = writableFields(last, account, directory)
  const own = accountDemand(spec, account, fields)
  return { claims: [...own.claims, ...claims], entries: own.entries, diagnostics }
}

function accountDemand(
  spec: Spec,
  account: Account,
  fields: Fields,
): { readonly claims: readonly Claim[]; readonly entries: readonly Entry<AccountResource>[] } {
  const scope = accountScope({ accountId: account.accountId }, normalEmail(spec.email), asksOf(fields, account))
  return {
    claims: [{ scope, authority: 'Additive' }],
    entries: [{ resource: accountResource(scope, fields), path: ['spec'] }],
  }
}
