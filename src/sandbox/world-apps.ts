import { Refusal } from './refusal.ts'
import { addMember, dropMember, groupOf, groupsOf, productOf } from './world-directory.ts'
import type { Account, Group, Product, Site, WorldState } from './world-state.ts'

export interface Resource {
  readonly site: Site
  readonly product: Product
}

/** The ARI of an app on a site, as role assignments carry it. */
export function resourceAri(site: Site, product: string): string {
  return `ari:cloud:${product}::site/${site.cloudId}`
}

/** The app that an ARI names; `ari:cloud:jira::site/…`, as workspaces write it, is the first Jira app of the site. */
function findResource(state: WorldState, ari: string): Resource | undefined {
  const [, owner, cloudId] = /^ari:cloud:([^:]+)::site\/(.+)$/.exec(ari) ?? []
  const site = state.sites.find((candidate) => candidate.cloudId === cloudId)
  if (!site || owner === undefined) return undefined
  const product =
    productOf(site, owner) ?? (owner === 'jira' ? site.products.find(({ key }) => key.startsWith('jira-')) : undefined)
  return product && { site, product }
}

/** @throws Refusal */
export function resourceOf(state: WorldState, ari: string): Resource {
  const resource = findResource(state, ari)
  if (resource) return resource
  throw new Refusal('not-found', 'resource', `no resource ${ari}`)
}

/** Who gets an app joins its default group. @throws Refusal where no seat is left */
export function giveApp(state: WorldState, { product }: Resource, account: Account): void {
  const group = groupOf(state, product.defaultGroupId)
  if (!group.members.has(account.accountId)) addMember(state, group, account)
}

/** The account leaves the default group of the app; what other groups give stays. */
export function takeApp(state: WorldState, { product }: Resource, account: Account): void {
  const group = groupOf(state, product.defaultGroupId)
  if (group.members.has(account.accountId)) dropMember(state, group, account.accountId)
}

/** The apps that an account has through its groups, with the roles in each. */
export function appsOf(state: WorldState, accountId: string): Map<string, { resource: Resource; roles: Set<string> }> {
  const apps = new Map<string, { resource: Resource; roles: Set<string> }>()
  for (const group of groupsOf(state, accountId)) {
    for (const { ari, resource, role } of grantsOf(state, group)) {
      const app = apps.get(ari) ?? { resource, roles: new Set<string>() }
      app.roles.add(role)
      apps.set(ari, app)
    }
  }
  return apps
}

/** What a group gives: one entry for each app and role. */
export function grantsOf(state: WorldState, group: Group): { ari: string; resource: Resource; role: string }[] {
  return group.appRoles.flatMap(({ site: siteName, product: key, role }) => {
    const site = state.sites.find(({ name }) => name === siteName)
    const product = site && productOf(site, key)
    return product ? [{ ari: resourceAri(site, key), resource: { site, product }, role }] : []
  })
}
