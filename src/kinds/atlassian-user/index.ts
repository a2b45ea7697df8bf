import { subject, type Change } from '../../core/change.ts'
import type { Touch } from '../../core/touch.ts'
import type { IdentityNeeds } from '../../core/directory.ts'
import { defineKind, type Batch, type WriteContext } from '../../core/kind.ts'
import { membershipKind, type Member } from '../../core/membership.ts'
import { accountKey, normalEmail } from '../../core/principal.ts'
import { policySettingHints } from '../policy-settings.ts'
import { isAccountResource, userKind, type AccountResource } from './account.ts'
import { expand } from './expand.ts'
import { forecast, observe } from './observe.ts'
import { objection } from './privileges.ts'
import { profileFields } from './profile.ts'
import { AtlassianUserSpec } from './schema.ts'
import { lanes, writeAccounts } from './write.ts'

export const atlassianUser = defineKind<typeof AtlassianUserSpec, undefined, AccountResource | Member>({
  name: userKind,
  schema: AtlassianUserSpec,
  description: 'An account: its profile, its state, the products it can use.',
  names,
  fieldHints: policySettingHints('put the account into a policy that does (authenticationPolicy)'),
  touches: [userKind, membershipKind],
  needs,
  promises: ({ email, state }) => ({ account: { email, created: state === 'Active' } }),
  expand,
  forecast,
  observe,
  lanes: (changes) => lanes(changes.map(accountChange)),
  // a lane of several is a call of several
  batches: (changes) => [changes],
  write: ({ action, changes }: Batch<AccountResource | Member>, context: WriteContext) =>
    writeAccounts({ action, changes: changes.map(accountChange) }, context),
  objection: (change) => (isAccountChange(change) ? objection(change) : undefined),
  realize(resource, identities) {
    if (!isAccountResource(resource)) return resource
    const account = { accountId: identities.accountId(resource.ref.account) }
    const ref = { ...resource.ref, account }
    const scope = { ...resource.scope, key: accountKey(account), ref }
    return { ...resource, scope, ref, principal: { type: 'user', account } }
  },
})

/** No delegation gives these: each of them is a way to take over somebody's account, or the organization. */
const ruling = ['organizationAdmin', 'authenticationPolicy', 'authenticationPolicyId'] as const

function names(spec: AtlassianUserSpec): readonly Touch[] {
  const rules = [
    ...ruling.filter((field) => spec[field] !== undefined),
    ...(spec.formerEmails.length > 0 ? (['formerEmails'] as const) : []),
  ]
  return [
    { what: 'account', name: spec.email, path: ['spec', 'email'] },
    ...rules.map((name): Touch => ({ what: 'rule', name, path: ['spec', name] })),
  ]
}

function needs(spec: AtlassianUserSpec): Partial<IdentityNeeds> {
  const hasProfile = profileFields.some((field) => spec[field] !== undefined)
  const former = spec.formerEmails.map(normalEmail)
  return {
    emails: new Set([normalEmail(spec.email), ...former]),
    ...(former.length > 0 && { formerEmails: new Map([[normalEmail(spec.email), former]]) }),
    products: new Set(spec.products),
    // how many organization admins are left can only be counted over everybody
    ...(spec.organizationAdmin === false && { everyone: true }),
    provisioning: hasProfile || former.length > 0 || spec.state !== 'Active' || spec.deletionPolicy === 'Deactivate',
  }
}

const isAccountChange = (change: Change<AccountResource | Member>): change is Change<AccountResource> =>
  isAccountResource(subject(change))

/** Members of default groups are demanded here, and written by the kind of memberships. */
function accountChange(change: Change<AccountResource | Member>): Change<AccountResource> {
  if (isAccountChange(change)) return change
  throw new Error(`${subject(change).scope.kind} is written by its own kind`)
}
