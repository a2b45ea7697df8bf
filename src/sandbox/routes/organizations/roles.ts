import { fieldsOf, noContent, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { giveApp, resourceOf, takeApp } from '../../world-apps.ts'
import { dropMember, putMember, requireSeats } from '../../world-directory.ts'
import type { Account, Group } from '../../world-state.ts'
import { groupIn } from './groups.ts'
import { requirePlace } from './organization.ts'
import { requireJson } from './user-writes.ts'
import { listedAccount } from './users.ts'

export function assignAppRole(request: SandboxRequest): Answer {
  const { resource, role } = appOf(request)
  giveApp(request.state, resource, accountIn(request), role)
  return noContent
}

export function revokeAppRole(request: SandboxRequest): Answer {
  const { resource, role } = appOf(request)
  takeApp(request.state, resource, accountIn(request), role)
  return noContent
}

/** The role brings its group. Nothing keeps the last one: no protection is documented. */
export function assignPlatformRole(request: SandboxRequest): Answer {
  const role = platformRoleOf(request)
  const account = accountIn(request)
  account.platformRoles.add(role)
  for (const group of groupsGiving(request, role)) putMember(request.state, group, account.accountId)
  return noContent
}

export function revokePlatformRole(request: SandboxRequest): Answer {
  const role = platformRoleOf(request)
  const account = accountIn(request)
  account.platformRoles.delete(role)
  for (const group of groupsGiving(request, role)) {
    if (group.members.has(account.accountId)) dropMember(request.state, group, account.accountId)
  }
  return noContent
}

function groupsGiving({ state }: SandboxRequest, role: string): Group[] {
  return [...state.groups.values()].filter(({ platformRole }) => platformRole === role)
}

/** 200 without a body. Each member costs a seat of the app. */
export function assignGroupRole(request: SandboxRequest): Answer {
  const group = groupIn(request)
  const grant = groupGrantOf(request)
  const held = group.appRoles.some(
    (role) => role.product === grant.product && role.site === grant.site && role.role === grant.role,
  )
  if (held) return { status: 200 }
  const members = [...group.members].flatMap((accountId) => request.state.accounts.get(accountId) ?? [])
  requireSeats(request.state, grant, members)
  group.appRoles.push(grant)
  return { status: 200 }
}

export function revokeGroupRole(request: SandboxRequest): Answer {
  const group = groupIn(request)
  const { product, site, role } = groupGrantOf(request)
  group.appRoles = group.appRoles.filter((held) => held.product !== product || held.site !== site || held.role !== role)
  return noContent
}

function accountIn(request: SandboxRequest): Account {
  requirePlace(request)
  requireJson(request)
  return listedAccount(request.state, request.params['userId'] ?? '')
}

function appOf({ state, body }: SandboxRequest) {
  const { role, resource } = fieldsOf(body)
  return { resource: resourceOf(state, textOf(resource) ?? ''), role: textOf(role) ?? '' }
}

/** The one role that the description lets be given. */
function platformRoleOf({ body }: SandboxRequest): string {
  const role = textOf(fieldsOf(body)['role']) ?? ''
  if (role === 'atlassian/org-admin') return role
  throw new Refusal('invalid', 'role', `no organization role ${role}`)
}

function groupGrantOf(request: SandboxRequest): { product: string; site: string; role: string } {
  requireJson(request)
  const { resourceId, roleId } = fieldsOf(request.body)
  const { site, product } = resourceOf(request.state, textOf(resourceId) ?? '')
  const role = textOf(roleId) ?? ''
  if (!/^atlassian\/[a-z-]+$/.test(role)) throw new Refusal('invalid', 'role', `no role ${role}`)
  return { product: product.key, site: site.name, role }
}
