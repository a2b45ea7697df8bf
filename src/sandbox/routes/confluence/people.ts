import { fieldsOf, ok, stringsOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { appsOf, resourceAri } from '../../world-apps.ts'
import type { Account, Site, WorldState } from '../../world-state.ts'
import { callerOf } from './callers.ts'
import { countedList, valuesOf } from './pages.ts'

const picture = { path: '/wiki/aa-avatar/default.png', isDefault: true }
const sizedPicture = { ...picture, width: 48, height: 48 }

export function getUser(request: SandboxRequest): Answer {
  return ok(userView(request, knownUser(request)))
}

export function currentUser(request: SandboxRequest): Answer {
  return ok(userView(request, callerOf(request)))
}

export function anonymousUser({ baseUrl }: SandboxRequest): Answer {
  return ok({
    type: 'anonymous',
    profilePicture: sizedPicture,
    displayName: 'Anonymous',
    _expandable: { operations: '' },
    _links: { base: `${baseUrl}/wiki`, context: '/wiki', self: `${baseUrl}/wiki/rest/api/user/anonymous` },
  })
}

/** The first 100 of the ids; unknown ones are left out. */
export function bulkUsers(request: SandboxRequest): Answer {
  const ids = valuesOf(request.query, 'accountId').slice(0, 100)
  return countedList(
    request,
    '/user/bulk',
    known(request, ids).map((account) => userView(request, account)),
  )
}

/** 1 to 250 ids; unknown ones are left out. */
export function bulkUsersOfV2(request: SandboxRequest): Answer {
  const ids = stringsOf(fieldsOf(request.body)['accountIds'])
  if (ids.length < 1 || ids.length > 250)
    throw new Refusal('invalid', 'accountIds', 'accountIds must have 1 to 250 ids')
  return ok({ results: known(request, ids).map(bulkView), _links: { base: `${request.baseUrl}/wiki` } })
}

/** @throws Refusal (404) where nobody on the site has the account id of the query */
export function knownUser(request: SandboxRequest): Account {
  const [account] = known(request, [request.query.get('accountId') ?? ''])
  if (account) return account
  throw new Refusal('not-found', 'user', 'No user found')
}

function known({ state }: SandboxRequest, ids: readonly string[]): Account[] {
  const found = ids.flatMap((id) => state.accounts.get(id) ?? [])
  return found.filter(({ membershipStatus }) => membershipStatus !== 'no_membership')
}

/** A hidden e-mail is empty here. Nobody has a personal space. */
export function userView({ baseUrl, query, state, site }: SandboxRequest, account: Account) {
  const { accountId, email, hiddenEmail, name, type, scim } = account
  const expanded = valuesOf(query, 'expand').includes('operations')
  return {
    type: 'known',
    accountId,
    accountType: type === 'app' ? 'app' : 'atlassian',
    email: hiddenEmail ? '' : email,
    publicName: name,
    displayName: name,
    timeZone: scim?.timezone ?? 'UTC',
    isExternalCollaborator: false,
    isGuest: false,
    profilePicture: sizedPicture,
    ...(expanded ? { operations: operationsOf(state, site, account) } : {}),
    _expandable: { ...(expanded ? {} : { operations: '' }), personalSpace: '' },
    _links: { self: `${baseUrl}/wiki/rest/api/user?accountId=${encodeURIComponent(accountId)}` },
  }
}

/** What a role in the app lets an account do on the site as a whole. */
function operationsOf(state: WorldState, site: Site | undefined, { accountId }: Account) {
  const roles = site && appsOf(state, accountId).get(resourceAri(site, 'confluence'))?.roles
  const allowed = [...(roles?.size ? ['use'] : []), ...(roles?.has('atlassian/admin') ? ['administer'] : [])]
  return allowed.map((operation) => ({ operation, targetType: 'application' }))
}

function bulkView({ accountId, accountStatus, email, hiddenEmail, name, type, scim }: Account) {
  return {
    accountId,
    accountType: type,
    accountStatus,
    displayName: name,
    publicName: name,
    email: hiddenEmail ? '' : email,
    timeZone: scim?.timezone ?? 'UTC',
    isExternalCollaborator: false,
    profilePicture: picture,
  }
}
