import { Refusal } from './refusal.ts'
import { addMember, dropMember, groupOf, groupsOf, productOf, seatHolders } from './world-directory.ts'
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

/**
 * Who gets a role of an app joins the group that gives it: for `atlassian/user` the app's default group, which no account
 * is in twice. @throws Refusal where no seat is left, or no group that people may be put in gives the role
 */
export function giveApp(state: WorldState, resource: Resource, account: Account, role = userRole): void {
  const group = roleGroup(state, resource, role)
  if (!group.members.has(account.accountId)) addMember(state, group, account)
}

/** The account leaves the group that gives the role; what other groups give stays. @throws Refusal */
export function takeApp(state: WorldState, resource: Resource, account: Account, role = userRole): void {
  const group = roleGroup(state, resource, role)
  if (group.members.has(account.accountId)) dropMember(state, group, account.accountId)
}

const userRole = 'atlassian/user'

function roleGroup(state: WorldState, { site, product }: Resource, role: string): Group {
  if (role === userRole) return groupOf(state, product.defaultGroupId)
  const group = [...state.groups.values()].find(
    ({ managedBy, appRoles }) =>
      managedBy !== 'external' &&
      appRoles.some((held) => held.role === role && held.site === site.name && held.product === product.key),
  )
  if (group) return group
  throw new Refusal('invalid', 'role', `the resource has no role ${role}`)
}

/** Seats of an app that nobody has; infinite where it has no limit. */
export function seatsLeft(state: WorldState, { site, product }: Resource): number {
  return product.seats === undefined ? Infinity : product.seats - seatHolders(state, site.name, product.key).size
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
