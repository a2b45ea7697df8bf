import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { groupOf, seatHolders } from '../../world-directory.ts'
import type { Site } from '../../world-state.ts'

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

/** The account of every token may do everything. */
export function myPermissions({ query }: SandboxRequest): Answer {
  const permissions = query.get('permissions')
  if (!permissions) throw new Refusal('invalid', 'permissions', "The 'permissions' query parameter is required.")
  const entries = permissions.split(',').map((key, index) => {
    const type = ['ADMINISTER', 'SYSTEM_ADMIN', 'USER_PICKER'].includes(key) ? 'GLOBAL' : 'PROJECT'
    return [key, { id: String(index), key, name: key, type, description: key, havePermission: true }] as const
  })
  return ok({ permissions: Object.fromEntries(entries) })
}

/** One for each Jira app of the site: its default group, every group that gives it, and its seats. */
export function applicationRoles({ state, site, baseUrl }: SandboxRequest): Answer {
  const detail = (groupId: string) => {
    const { name } = groupOf(state, groupId)
    return { name, groupId, self: `${baseUrl}/rest/api/3/group?groupId=${groupId}` }
  }
  const roles = jiraProducts(site).map(({ key, defaultGroupId, seats }) => {
    const giving = [...state.groups.values()].filter(({ appRoles }) =>
      appRoles.some((role) => role.product === key && role.site === site?.name),
    )
    const userCount = seatHolders(state, site?.name ?? '', key).size
    const defaultGroup = detail(defaultGroupId)
    return {
      key,
      name: key.replace('jira-', 'Jira '),
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
  return ok(roles)
}

function jiraProducts(site: Site | undefined) {
  return (site?.products ?? []).filter(({ key }) => key.startsWith('jira-'))
}
