import type { AccountRef, GroupRef } from './principal.ts'
import type { Fields } from './resource.ts'

export type AccountStatus = 'active' | 'suspended' | 'deactivated' | 'not_invited' | 'for_deletion'

export interface Account {
  readonly accountId: string
  /** Normal form. Absent where the organization does not show it. */
  readonly email?: string
  readonly name: string
  /** Unknown types are kept as text and treated like `app`: never pruned. */
  readonly type: string
  readonly status: AccountStatus
  /** Its e-mail domain is verified and the organization has claimed it. */
  readonly managed: boolean
  readonly mfaEnabled?: boolean
  /** What the organization shows of its profile, by the names of AtlassianUser.spec. */
  readonly profile?: Fields
  readonly platformRoles: readonly string[]
  /** Bare ids, without the ARI prefix that users/search puts before them. */
  readonly groupIds: ReadonlySet<string>
  /** The record of the identity provider's directory, where there is one. */
  readonly provisioned?: ProvisionedRecord
}

/** A user of the SCIM directory. `id` is not the account id (RFC 7643; reference section 3.1). */
export interface ProvisionedRecord {
  readonly id: string
  readonly active: boolean
  readonly profile: Fields
}

export interface Group {
  readonly groupId: string
  readonly name: string
  readonly description?: string
  readonly managedBy: string
  /** Why its members cannot be written here, and where to change them. */
  readonly readOnly?: string
  readonly deletable: boolean
  /** Its record in the SCIM directory, where its members are ours to write there, whatever `readOnly` says. */
  readonly provisionedId?: string
  /** As counted by Atlassian. */
  readonly userCount?: number
  /** Keys of the products whose access it gives by default. */
  readonly defaultFor: readonly string[]
}

/** What the organization's manifest says of a policy; what it enforces can only be set at admin.atlassian.com. */
export interface AuthenticationPolicy {
  readonly id: string
  readonly enforces: readonly string[]
}

/** What e-mails and group names (normal form) meant when they were last applied, by immutable ids. */
export interface Pins {
  readonly accounts: ReadonlyMap<string, string>
  readonly groups: ReadonlyMap<string, string>
}

export const noPins: Pins = { accounts: new Map(), groups: new Map() }

/** What could not be read, and why. */
export interface Unread {
  readonly code: 'FORBIDDEN' | 'NOT_FOUND' | 'INCOMPLETE' | 'UNAVAILABLE' | 'UNSUPPORTED'
  readonly message: string
  readonly request?: string
  readonly status?: number
}

/**
 * Who exists at the start of a run, so that expanding manifests stays pure. Covers at least the needs it was loaded for.
 * Where a part is `unread`, "not found" means nothing.
 */
export interface Directory {
  readonly accounts: readonly Account[]
  readonly groups: readonly Group[]
  /** Sizes of the estate where it was read as a whole. */
  readonly counts: { readonly accounts?: number; readonly groups?: number; readonly provisioned?: number }
  /** How accounts are made: through the identity provider's directory, or by invitation. */
  readonly provisioningMethod: 'SCIM' | 'Invite'
  /** Whether groups of the SCIM directory are ours to make and to fill. */
  readonly provisionsGroups: boolean
  readonly unread: { readonly accounts?: Unread; readonly groups?: Unread; readonly provisioning?: Unread }
  /**
   * Of that address; or of a former one, where a manifest says that the address has changed; or the account that had it
   * when it was last applied. Nobody where the address is another account's now: that is in `changed`.
   */
  account(email: string): Account | undefined
  accountById(accountId: string): Account | undefined
  /** Of that name, or the one that had it when it was last applied; none where the name is another group's now. */
  group(name: string): Group | undefined
  /** Why an e-mail or a group's name (normal form) does not mean what it meant when it was last applied. */
  changed(name: string): string | undefined
  groupById(groupId: string): Group | undefined
  /** Members of a group, or why they are not known. */
  members(groupId: string): readonly Account[] | Unread
  /** Names like this one, for "did you mean". */
  readonly groupNames: readonly string[]
  /** Default group by product key, as declared or discovered. */
  readonly defaultGroups: ReadonlyMap<string, Group>
  /** Authentication policies by name, as declared: no API lists them. */
  readonly authenticationPolicies: ReadonlyMap<string, AuthenticationPolicy>
  /** Addresses of the sites by their names. */
  readonly siteUrls: ReadonlyMap<string, string>
}

/** What the manifests of a run need to know of accounts and groups. */
export interface IdentityNeeds {
  /** Normal form. */
  readonly emails: ReadonlySet<string>
  readonly accountIds: ReadonlySet<string>
  readonly groupNames: ReadonlySet<string>
  /** Groups (by name) whose members must be known as a whole. */
  readonly membersOf: ReadonlySet<string>
  /** Every account and group must be known: somebody else's access is looked at. */
  readonly everyone: boolean
  /** Records of the SCIM directory are needed. */
  readonly provisioning: boolean
  /** Former addresses by the declared one, all in normal form: the account may still have one of them. */
  readonly formerEmails: ReadonlyMap<string, readonly string[]>
  /** Product keys whose default groups must be known, with their members. */
  readonly products: ReadonlySet<string>
}

/** Ids that appear while a plan is applied. */
export interface Identities {
  /** @throws PendingIdentityError where the promised account does not exist yet. */
  accountId(account: AccountRef): string
  /** @throws PendingIdentityError where the promised group does not exist yet. */
  groupId(group: GroupRef): string
  /** Who reads the promised identity afresh calls this when it has been found. */
  learnAccount(email: string, accountId: string): void
  learnGroup(name: string, groupId: string): void
}

/** The identity is promised by another manifest but does not exist yet, e.g. its invitation is pending. */
export class PendingIdentityError extends Error {
  override readonly name = 'PendingIdentityError'
}

export function createIdentities(): Identities {
  const accounts = new Map<string, string>()
  const groups = new Map<string, string>()
  const found = (id: string | undefined, promised: string): string => {
    if (id === undefined) throw new PendingIdentityError(`${promised} does not exist yet`)
    return id
  }
  return {
    accountId: (account) =>
      'accountId' in account ? account.accountId : found(accounts.get(account.promised), account.promised),
    groupId: (group) => ('groupId' in group ? group.groupId : found(groups.get(group.promised), group.promised)),
    learnAccount: (email, accountId) => void accounts.set(email, accountId),
    learnGroup: (name, groupId) => void groups.set(name, groupId),
  }
}
