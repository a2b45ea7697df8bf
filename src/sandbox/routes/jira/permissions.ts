import type { SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { groupsOf } from '../../world-directory.ts'
import { hasActor } from '../../world-jira.ts'
import type { Project } from '../../world-state.ts'

function hasPlatformRole({ state, callerId }: SandboxRequest, ...roles: readonly string[]): boolean {
  const held = state.accounts.get(callerId ?? '')?.platformRoles
  return roles.some((role) => held?.has(role) === true)
}

function isOrganizationAdmin(request: SandboxRequest): boolean {
  return hasPlatformRole(request, 'atlassian/org-admin')
}

/** "Site administration". */
export function isSiteAdmin(request: SandboxRequest): boolean {
  return isOrganizationAdmin(request) || hasPlatformRole(request, 'atlassian/site-admin')
}

/** "Administer Jira": site administrators, and the members of a group that gives `atlassian/admin` of a Jira app here. */
export function isJiraAdmin(request: SandboxRequest): boolean {
  if (isSiteAdmin(request)) return true
  const { state, site, callerId } = request
  return groupsOf(state, callerId ?? '').some(({ appRoles }) =>
    appRoles.some(
      ({ product, site: siteName, role }) =>
        role === 'atlassian/admin' && siteName === site?.name && product.startsWith('jira-'),
    ),
  )
}

/** "Browse projects": everybody, but a private project only those who have a role in it, and Jira administrators. */
export function mayBrowse(request: SandboxRequest, project: Project): boolean {
  if (!project.private || isJiraAdmin(request)) return true
  return [...project.roles.values()].some((role) => hasActor(request.state, role, request.callerId ?? ''))
}

/** "Administer projects": those who have the project's role for it, as by default. */
export function administers(request: SandboxRequest, project: Project): boolean {
  const roles = [...project.roles.values()].filter(({ name }) => isAdminRole(name))
  return roles.some((role) => hasActor(request.state, role, request.callerId ?? ''))
}

/** The role that administers: its name in company-managed projects, and in team-managed ones. */
export function isAdminRole(name: string): boolean {
  return name === 'Administrators' || name === 'Administrator'
}

/** @throws Refusal (403) */
export function requireOrganizationAdmin(request: SandboxRequest): void {
  if (!isOrganizationAdmin(request)) throw forbidden('Only organization administrators can do this.')
}

/** @throws Refusal (403) */
export function requireSiteAdmin(request: SandboxRequest): void {
  if (!isSiteAdmin(request)) throw forbidden('Site administration permission is required.')
}

/** @throws Refusal (403) */
export function requireJiraAdmin(request: SandboxRequest): void {
  if (!isJiraAdmin(request)) throw forbidden('Administer Jira permission is required.')
}

/** @throws Refusal (404): Jira hides roles from those who may not administer the project */
export function requireProjectAdmin(request: SandboxRequest, project: Project): void {
  if (isJiraAdmin(request) || administers(request, project)) return
  throw new Refusal('not-found', 'project', `No project could be found with key '${project.key}'.`)
}

function forbidden(message: string): Refusal {
  return new Refusal('forbidden', 'permission', message)
}
