/** An account that exists, or one that another manifest of this run creates (`promised` is its e-mail, normal form). */
export type AccountRef = { readonly accountId: string } | { readonly promised: string }

/** A group that exists, or one that another manifest of this run creates (`promised` is its name, normal form). */
export type GroupRef = { readonly groupId: string } | { readonly promised: string }

/** Who may hold access. Access classes (`anonymous-users`, …) are kept as found and never declared. */
export type Principal =
  | { readonly type: 'user'; readonly account: AccountRef }
  | { readonly type: 'group'; readonly group: GroupRef }
  | { readonly type: 'class'; readonly id: string }

/** Atlassian compares e-mails without case; a second run must compare the same form. */
export const normalEmail = (email: string): string => email.trim().toLowerCase()

/** Group names are unique without case in an organization (Organizations API, groups/search `groupNames`). */
export const normalName = (name: string): string => name.trim().toLowerCase()

export const accountKey = (account: AccountRef): string =>
  'accountId' in account ? account.accountId : `promised:${account.promised}`

export const groupKey = (group: GroupRef): string => ('groupId' in group ? group.groupId : `promised:${group.promised}`)

export function principalKey(principal: Principal): string {
  switch (principal.type) {
    case 'user':
      return `user:${accountKey(principal.account)}`
    case 'group':
      return `group:${groupKey(principal.group)}`
    case 'class':
      return `class:${principal.id}`
    default:
      return principal satisfies never
  }
}

export function isPromised(principal: Principal): boolean {
  if (principal.type === 'user') return 'promised' in principal.account
  return principal.type === 'group' && 'promised' in principal.group
}
