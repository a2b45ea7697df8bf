import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { scimProfileFields } from '../../world-profile.ts'
import type { ProfileSeed } from '../../world-seed.ts'
import type { Account } from '../../world-state.ts'

/** Why a part of an account is not ours to change (IDv2 User management, Manageability.RestrictionReason). */
type Restriction = 'administrative.notMyself' | 'authPolicy.saml' | 'externalDirectory.scim'

export type Privilege =
  'profile.read' | 'email.set' | 'lifecycle.enablement' | 'lifecycle.delete' | 'apiToken.read' | 'apiToken.delete'

type Rule = { readonly allowed: true } | { readonly allowed: false; readonly reason: { readonly key: Restriction } }

/** JSON path of a field of the profile, and what it is called in the world; `name` is not part of a profile there. */
export const profilePaths: Readonly<Record<string, keyof ProfileSeed | 'name'>> = {
  name: 'name',
  nickname: 'nickname',
  zoneinfo: 'timeZone',
  locale: 'locale',
  'extended_profile.job_title': 'jobTitle',
  'extended_profile.organization': 'organization',
  'extended_profile.department': 'department',
  'extended_profile.location': 'location',
}

/** Carries out what an account's management allows. `account` refuses everything of accounts that are not managed. */
export function withAccount(request: SandboxRequest, privilege: Privilege, act: (account: Account) => Answer): Answer {
  const account = request.state.accounts.get(request.params['account_id'] ?? '')
  if (!account || account.accountStatus === 'closed') return { status: 404, body: { key: 'accountNotFound' } }
  if (!account.managed) return { status: 403, body: { key: 'forbidden' } }
  const rule = ruleOf(request, account, privilege)
  return rule.allowed ? act(account) : { status: 403, body: { key: 'forbidden.action', context: rule } }
}

export function privileges(request: SandboxRequest): Answer {
  return withAccount(request, 'profile.read', (account) => {
    const asked = request.query.getAll('privileges').flatMap((names) => names.split(','))
    const names = asked.length === 0 ? Object.keys(privilegeRules) : asked
    const known = names.filter((name) => name in privilegeRules)
    return ok(Object.fromEntries(known.map((name) => [name, privilegeRules[name]?.(request, account)])))
  })
}

/** What the profile of an account lets us change, by JSON path. */
export function profileRules({ state }: SandboxRequest, account: Account): Readonly<Record<string, Rule>> {
  const underSso = [...state.policies.values()].some(
    ({ enforces, members }) => enforces === 'sso' && members.has(account.accountId),
  )
  const rule = (field: keyof ProfileSeed | 'name'): Rule => {
    if (account.scim && (field === 'name' || scimProfileFields.includes(field)))
      return forbidden('externalDirectory.scim')
    return field === 'name' && underSso ? forbidden('authPolicy.saml') : { allowed: true }
  }
  return Object.fromEntries(Object.entries(profilePaths).map(([path, field]) => [path, rule(field)]))
}

const privilegeRules: Readonly<Record<string, (request: SandboxRequest, account: Account) => unknown>> = {
  profile: profileRules,
  'profile.write': profileRules,
  'profile.read': (request, account) => ruleOf(request, account, 'profile.read'),
  'email.set': (request, account) => ruleOf(request, account, 'email.set'),
  'lifecycle.enablement': (request, account) => ruleOf(request, account, 'lifecycle.enablement'),
  'lifecycle.delete': (request, account) => ruleOf(request, account, 'lifecycle.delete'),
  'apiToken.read': (request, account) => ruleOf(request, account, 'apiToken.read'),
  'apiToken.delete': (request, account) => ruleOf(request, account, 'apiToken.delete'),
}

/** The directory of an identity provider owns address and state of its accounts; nobody closes the own account. */
function ruleOf({ callerId }: SandboxRequest, account: Account, privilege: Privilege): Rule {
  const isLifecycle = privilege.startsWith('lifecycle.')
  if (account.scim && (isLifecycle || privilege === 'email.set')) return forbidden('externalDirectory.scim')
  return isLifecycle && callerId === account.accountId ? forbidden('administrative.notMyself') : { allowed: true }
}

function forbidden(key: Restriction): Rule {
  return { allowed: false, reason: { key } }
}
