import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { accountOf } from '../../world-directory.ts'
import type { Account } from '../../world-state.ts'

const managers = { admins: 'ADMINS', external: 'EXTERNAL', open: 'OPEN', 'team-members': 'TEAM_MEMBERS' } as const

export function getGroup({ state, query, baseUrl }: SandboxRequest): Answer {
  const group = state.groups.get(query.get('id') ?? '')
  if (!group) throw new Refusal('not-found', 'group', 'There is no group with the given id')
  return ok({
    type: 'group',
    name: group.name,
    id: group.groupId,
    usageType: group.managedBy === 'team-members' ? 'TEAM_COLLABORATION' : 'USERBASE_GROUP',
    managedBy: managers[group.managedBy],
    _links: { self: `${baseUrl}/wiki/rest/api/group/by-id?id=${group.groupId}` },
  })
}

export function getUser(request: SandboxRequest): Answer {
  const account = request.state.accounts.get(request.query.get('accountId') ?? '')
  if (!account || account.membershipStatus === 'no_membership') throw new Refusal('not-found', 'user', 'No user found')
  return ok(userView(request, account))
}

export function currentUser(request: SandboxRequest): Answer {
  return ok(userView(request, accountOf(request.state, request.callerId ?? '')))
}

/** A hidden e-mail is empty here. */
function userView({ baseUrl }: SandboxRequest, account: Account) {
  const { accountId, email, hiddenEmail, name, type, scim } = account
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
    profilePicture: { path: '/wiki/aa-avatar/default.png', width: 48, height: 48, isDefault: true },
    _expandable: { operations: '', personalSpace: '' },
    _links: { self: `${baseUrl}/wiki/rest/api/user?accountId=${encodeURIComponent(accountId)}` },
  }
}
