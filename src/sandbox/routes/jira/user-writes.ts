import { fieldsOf, noContent, stringsOf, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { appsOf, giveApp, type Resource } from '../../world-apps.ts'
import { createAccount, findAccount, productOf, removeAccount, seatHolders } from '../../world-directory.ts'
import type { Account, WorldState } from '../../world-state.ts'
import { requireOrganizationAdmin, requireSiteAdmin } from './permissions.ts'
import { accountIdOf, knownAccount, userView } from './users.ts'

/**
 * 201 with the new user, and with one who has Jira already; 400 with one who is here without Jira, and where a seat is
 * missing. `products` may be empty: an account without an app.
 */
export function createJiraUser(request: SandboxRequest): Answer {
  requireOrganizationAdmin(request)
  const { state, body, nowMs } = request
  const { emailAddress, products, displayName } = fieldsOf(body)
  const email = textOf(emailAddress)?.trim()
  if (!email?.includes('@')) throw new Refusal('invalid', 'emailAddress', 'A valid emailAddress must be given.')
  if (!Array.isArray(products)) throw new Refusal('invalid', 'products', 'products must be given; it may be empty.')
  const resources = stringsOf(products).map((key) => jiraApp(request, key))
  const existing = findAccount(state, email)
  if (existing && existing.membershipStatus !== 'no_membership')
    return { status: 201, body: userView(request, withJira(state, existing)) }
  for (const resource of resources) requireFreeSeat(state, resource)
  const account = existing ?? createAccount(state, { email, ...named(displayName) }, nowMs)
  account.membershipStatus = 'active'
  for (const resource of resources) giveApp(state, resource, account)
  return { status: 201, body: userView(request, account) }
}

/** The person leaves the site with all that was granted; the Atlassian account stays. */
export function removeJiraUser(request: SandboxRequest): Answer {
  requireSiteAdmin(request)
  const account = knownAccount(request.state, accountIdOf(request))
  if (account.accountId === request.callerId) throw new Refusal('invalid', 'user', 'You cannot delete yourself.')
  removeAccount(request.state, account)
  return noContent
}

function named(displayName: unknown): { name?: string } {
  const name = textOf(displayName)
  return name ? { name } : {}
}

/** @throws Refusal (400) where the site has no such Jira app */
function jiraApp({ site }: SandboxRequest, key: string): Resource {
  const product = site && key.startsWith('jira-') ? productOf(site, key) : undefined
  if (site && product) return { site, product }
  throw new Refusal('invalid', 'products', `The product ${key} is not on this site.`)
}

/** @throws Refusal (400) where one more person has no seat */
function requireFreeSeat(state: WorldState, { site, product: { key, seats } }: Resource): void {
  if (seats === undefined || seatHolders(state, site.name, key).size < seats) return
  throw new Refusal('licence-limit', 'products', `The number of licensed users of ${key} is exceeded.`)
}

/** @throws Refusal (400) where the account has no Jira app */
function withJira(state: WorldState, account: Account): Account {
  const apps = [...appsOf(state, account.accountId).values()]
  if (apps.some(({ resource }) => resource.product.key.startsWith('jira-'))) return account
  throw new Refusal('invalid', 'user', 'The user exists and does not have access to Jira.')
}
