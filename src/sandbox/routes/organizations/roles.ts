import { fieldsOf, noContent, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { giveApp, resourceOf, takeApp } from '../../world-apps.ts'
import { requireSeat } from '../../world-directory.ts'
import type { Account } from '../../world-state.ts'
import { groupIn } from './groups.ts'
import { requirePlace } from './organization.ts'
import { requireJson } from './user-writes.ts'
import { listedAccount } from './users.ts'

const platformRoles = [
  'atlassian/org-admin',
  'atlassian/site-admin',
  'atlassian/user-access-admin',
  'atlassian/ai-access',
]

export function assignAppRole(request: SandboxRequest): Answer {
  giveApp(request.state, appOf(request), accountIn(request))
  return noContent
}

export function revokeAppRole(request: SandboxRequest): Answer {
  takeApp(request.state, appOf(request), accountIn(request))
  return noContent
}

export function assignPlatformRole(request: SandboxRequest): Answer {
  accountIn(request).platformRoles.add(platformRoleOf(request))
  return noContent
}

export function revokePlatformRole(request: SandboxRequest): Answer {
  accountIn(request).platformRoles.delete(platformRoleOf(request))
  return noContent
}

/** 200 without a body. Each member costs a seat of the app. */
export function assignGroupRole(request: SandboxRequest): Answer {
  const group = groupIn(request)
  const grant = groupGrantOf(request)
  const held = group.appRoles.some(
    (role) => role.product === grant.product && role.site === grant.site && role.role === grant.role,
  )
  if (held) return { status: 200 }
  for (const accountId of group.members) requireSeat(request.state, grant, request.state.accounts.get(accountId)!)
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

/** `atlassian/user` is the role that a default group carries; others have none here. */
function appOf({ state, body }: SandboxRequest) {
  const { role, resource } = fieldsOf(body)
  if (role !== 'atlassian/user') throw new Refusal('invalid', 'role', `the resource has no role ${textOf(role)}`)
  return resourceOf(state, textOf(resource) ?? '')
}

function platformRoleOf({ body }: SandboxRequest): string {
  const role = textOf(fieldsOf(body)['role']) ?? ''
  if (platformRoles.includes(role)) return role
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
