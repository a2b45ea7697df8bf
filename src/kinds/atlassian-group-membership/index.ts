import type { Unread } from '../../core/directory.ts'
import { defineKind, type ObserveContext } from '../../core/kind.ts'
import { member, membershipKind, type Member, type MembersScope } from '../../core/membership.ts'
import { accountKey, groupKey, normalName } from '../../core/principal.ts'
import type { Scope } from '../../core/resource.ts'
import { needsOf, usersNamed } from '../principals.ts'
import { expand } from './expand.ts'
import { AtlassianGroupMembershipSpec } from './schema.ts'
import { batches, objection, write } from './write.ts'

export const atlassianGroupMembership = defineKind<typeof AtlassianGroupMembershipSpec, undefined, Member>({
  name: membershipKind,
  schema: AtlassianGroupMembershipSpec,
  description: 'Who is in a group.',
  names: ({ group }) => [{ what: 'group', name: group, path: ['spec', 'group'] }],
  needs: ({ group, members }) => ({
    ...needsOf(members),
    groupNames: new Set([normalName(group)]),
    membersOf: new Set([normalName(group)]),
  }),
  refersTo: ({ members, includes }) => [
    ...usersNamed(members),
    ...includes.map((name) => ({ kind: membershipKind, name })),
  ],
  expand,
  observe,
  batches,
  write,
  objection,
  realize(resource, identities) {
    const group = { groupId: identities.groupId(resource.ref.group) }
    const account = { accountId: identities.accountId(resource.ref.account) }
    const scope = { ...resource.scope, key: groupKey(group), ref: { groupName: resource.ref.groupName, group } }
    return {
      ...resource,
      scope,
      key: `user:${accountKey(account)}`,
      ref: { ...scope.ref, account },
      principal: { type: 'user', account },
    }
  },
})

/** No calls: the directory was loaded with the members of every group that is declared, and counted them. */
async function observe(
  scopes: readonly Scope[],
  context: ObserveContext,
): Promise<ReadonlyMap<string, readonly Member[] | Unread>> {
  return new Map((scopes as readonly MembersScope[]).map((scope) => [scope.key, membersOf(scope, context)]))
}

function membersOf(scope: MembersScope, { directory }: ObserveContext): readonly Member[] | Unread {
  const { group: ref, groupName } = scope.ref
  const group = 'promised' in ref ? directory.group(groupName) : directory.groupById(ref.groupId)
  if (!group) return directory.unread.groups ?? []
  const members = directory.members(group.groupId)
  return 'code' in members ? members : members.map((account) => member(scope, account))
}
