import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { groupOf, seatHolders } from '../../world-directory.ts'
import type { Group, Site } from '../../world-state.ts'
import { requireJiraAdmin } from './permissions.ts'

/** `baseUrl` is the site's own, through the gateway too. */
export function serverInfo({ siteUrl, nowMs, site }: SandboxRequest): Answer {
  return ok({
    baseUrl: siteUrl(site?.name ?? ''),
    version: '1001.0.0-SNAPSHOT',
    versionNumbers: [1001, 0, 0],
    deploymentType: 'Cloud',
    buildNumber: 100_300,
    buildDate: '2026-03-31T00:00:00.000+0000',
    serverTime: new Date(nowMs).toISOString().replace('Z', '+0000'),
    scmInfo: 'sandbox',
    serverTitle: site?.name ?? 'Jira',
  })
}

/** One for each Jira app of the site. */
export function applicationRoles(request: SandboxRequest): Answer {
  requireJiraAdmin(request)
  return ok(rolesOf(request))
}

/** @throws Refusal (404) */
export function applicationRole(request: SandboxRequest): Answer {
  requireJiraAdmin(request)
  const role = rolesOf(request).find(({ key }) => key === request.params['key'])
  if (!role) throw new Refusal('not-found', 'application role', `No application role ${request.params['key']}.`)
  return ok(role)
}

/** The Jira apps of the site that a member of these groups has. */
export function applicationRolesOf(
  { site }: SandboxRequest,
  groups: readonly Group[],
): { key: string; name: string }[] {
  return jiraProducts(site)
    .filter(({ key }) => groups.some((group) => gives(group, site, key)))
    .map(({ key }) => ({ key, name: nameOf(key) }))
}

function gives({ appRoles }: Group, site: Site | undefined, key: string): boolean {
  return appRoles.some((role) => role.product === key && role.site === site?.name)
}

function nameOf(key: string): string {
  return key.replace('jira-', 'Jira ')
}

/** The default group of each app, every group that gives it, and its seats. */
function rolesOf({ state, site, baseUrl }: SandboxRequest) {
  const detail = (groupId: string) => {
    const { name } = groupOf(state, groupId)
    return { name, groupId, self: `${baseUrl}/rest/api/3/group?groupId=${groupId}` }
  }
  return jiraProducts(site).map(({ key, defaultGroupId, seats }) => {
    const giving = [...state.groups.values()].filter((group) => gives(group, site, key))
    const userCount = seatHolders(state, site?.name ?? '', key).size
    const defaultGroup = detail(defaultGroupId)
    return {
      key,
      name: nameOf(key),
      groups: giving.map(({ name }) => name),
      groupDetails: giving.map(({ groupId }) => detail(groupId)),
      defaultGroups: [defaultGroup.name],
      defaultGroupsDetails: [defaultGroup],
      selectedByDefault: false,
      defined: true,
      numberOfSeats: seats ?? -1,
      remainingSeats: seats === undefined ? -1 : Math.max(0, seats - userCount),
      userCount,
      userCountDescription: userCount === 1 ? '1 user' : `${userCount} users`,
      hasUnlimitedSeats: seats === undefined,
      platform: false,
    }
  })
}

function jiraProducts(site: Site | undefined) {
  return (site?.products ?? []).filter(({ key }) => key.startsWith('jira-'))
}
