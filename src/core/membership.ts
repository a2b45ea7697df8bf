import type { Account, Group } from './directory.ts'
import { accountKey, groupKey, type AccountRef, type GroupRef } from './principal.ts'
import type { Resource, Scope } from './resource.ts'

/** The scope kind of a group's members. Several kinds may demand entries of it: memberships, and users by product. */
export const membershipKind = 'AtlassianGroupMembership'

export interface MembersRef {
  readonly group: GroupRef
  readonly groupName: string
  /** The group's record in the SCIM directory, where its members are written there. */
  readonly provisionedId?: string
}
export type MembersScope = Scope<MembersRef>
/** `record`: the member's own record in the SCIM directory. */
export type Member = Resource<
  MembersRef & { readonly account: AccountRef; readonly record?: string },
  Record<string, never>
>

/** The members of one group as a scope; of a promised group where `group` is not there yet. */
export function membersScope(group: Group | { readonly promised: string; readonly name: string }): MembersScope {
  const ref: GroupRef = 'promised' in group ? { promised: group.promised } : { groupId: group.groupId }
  const base = {
    kind: membershipKind,
    key: groupKey(ref),
    ref: {
      group: ref,
      groupName: group.name,
      ...('groupId' in group && group.provisionedId !== undefined && { provisionedId: group.provisionedId }),
    },
    title: `Group ${group.name}`,
  }
  if ('promised' in group) return base
  return {
    ...base,
    ...(group.readOnly !== undefined && group.provisionedId === undefined && { readOnly: group.readOnly }),
    ...(group.defaultFor.length > 0 && { guarded: `default group of ${group.defaultFor.join(', ')}` }),
  }
}

/** One member. `account` is the directory's account, or the promise of one. */
export function member(scope: MembersScope, account: Account | { readonly promised: string }): Member {
  const ref: AccountRef = 'promised' in account ? account : { accountId: account.accountId }
  const keep = 'promised' in account ? undefined : reasonToKeep(account)
  const record = 'promised' in account ? undefined : account.provisioned?.id
  return {
    scope,
    key: `user:${accountKey(ref)}`,
    ref: { ...scope.ref, account: ref, ...(record !== undefined && { record }) },
    fields: {},
    title: 'promised' in account ? account.promised : accountTitle(account),
    principal: { type: 'user', account: ref },
    ...(keep !== undefined && { keep }),
  }
}

export const accountTitle = (account: Account): string => account.email ?? `${account.name} (${account.accountId})`

/**
 * Why an account's access is never pruned unless somebody declared it by account id: apps and service accounts put
 * themselves into roles and groups, portal customers cannot be in groups (reference section 11).
 */
export function reasonToKeep(account: Account): string | undefined {
  return account.type === 'atlassian' ? undefined : `${account.type} account`
}
