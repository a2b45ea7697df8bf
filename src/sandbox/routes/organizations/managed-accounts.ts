import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { decodeCursor, encodeCursor, pageOf } from '../../pagination.ts'
import { appsOf } from '../../world-apps.ts'
import type { Account } from '../../world-state.ts'
import { requirePlace } from './organization.ts'
import { addressOf, urlPage } from './url-pages.ts'
import { listedAccount } from './users.ts'

/** Managed accounts only, also those that nobody invited; names in snake_case. */
export function listManagedAccounts(request: SandboxRequest): Answer {
  requirePlace(request)
  const managed = [...request.state.accounts.values()].filter(
    ({ managed: isManaged, accountStatus }) => isManaged && accountStatus !== 'closed',
  )
  const items = managed.map((account) => view(request, account))
  return urlPage(request, { path: 'users', items, meta: { total: managed.length } })
}

/** Only apps that were used; the cursor is a bare one, in v1 all the same. */
export function lastActiveDates(request: SandboxRequest): Answer {
  requirePlace(request)
  const { state, params, query, paging } = request
  const account = listedAccount(state, params['accountId'] ?? '')
  const used = usedApps(request, account).map(({ id, key, at }) => ({
    id,
    key,
    last_active: at.slice(0, 10),
    last_active_timestamp: at,
  }))
  const cursor = query.get('cursor')
  const offset = cursor === null ? 0 : decodeCursor(cursor).offset
  const page = pageOf(used, { offset, limit: 20 }, paging)
  const { addedToOrg } = account
  return ok({
    data: {
      added_to_org: addedToOrg.slice(0, 10),
      added_to_org_timestamp: addedToOrg,
      product_access: page.items,
    },
    links: page.next === undefined ? {} : { next: encodeCursor(page.next, null) },
  })
}

/** One for each site that has an app which the account was active in. */
function usedApps({ state }: SandboxRequest, { accountId, lastActive }: Account) {
  return [...appsOf(state, accountId)].flatMap(([id, { resource }]) => {
    const { key } = resource.product
    const at = lastActive[key]
    return at === undefined ? [] : [{ id, key, at }]
  })
}

function view(request: SandboxRequest, account: Account) {
  const { accountId, accountStatus, name, email, type, lastActive } = account
  const apps = [...appsOf(request.state, accountId).values()]
  const latest = Object.values(lastActive).toSorted().at(-1)
  return {
    account_id: accountId,
    account_type: type,
    account_status: accountStatus,
    name,
    picture: '',
    email,
    access_billable: accountStatus === 'active' && apps.length > 0,
    ...(latest === undefined ? {} : { last_active: latest }),
    product_access: apps.map(({ resource: { site, product } }) => {
      const at = lastActive[product.key]
      return {
        key: product.key,
        name: product.key,
        url: request.siteUrl(site.name),
        ...(at === undefined ? {} : { last_active: at }),
      }
    }),
    links: { self: addressOf(request, `users/${accountId}`) },
  }
}
