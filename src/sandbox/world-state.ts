import type { RandomState } from './random.ts'
import type {
  AccountTokenSeed,
  AccountType,
  AppRoleSeed,
  CredentialsSeed,
  GroupManager,
  MissingEndpoints,
  PolicySeed,
  ProfileSeed,
  RoleMode,
  ScimSeed,
} from './world-seed.ts'

export interface Account {
  readonly accountId: string
  email: string
  name: string
  readonly type: AccountType
  accountStatus: 'active' | 'inactive' | 'closed'
  membershipStatus: 'active' | 'suspended' | 'no_membership'
  managed: boolean
  mfaEnabled: boolean
  hiddenEmail: boolean
  platformRoles: Set<string>
  /** Present while the account is owned by the SCIM directory. */
  scim?: ScimRecord
  profile: ProfileSeed
  apiTokens: readonly AccountTokenSeed[]
  readonly lastActive: Readonly<Record<string, string>>
  /** When the deletion that was asked for is final, in milliseconds since 1970. */
  deletesAtMs?: number
  readonly appType?: 'service' | 'agent' | 'unknown'
  addedToOrg: string
}

export interface ScimRecord extends ScimSeed {
  readonly id: string
  readonly createdAt: string
  lastModifiedAt: string
}

export interface Group {
  readonly groupId: string
  readonly name: string
  readonly description: string
  readonly managedBy: GroupManager
  /** Id in the SCIM directory, of a group that came from there. */
  readonly scimGroupId?: string
  externalId?: string
  readonly members: Set<string>
  appRoles: AppRoleSeed[]
  readonly platformRole?: string
}

export interface Product {
  readonly key: string
  readonly defaultGroupId: string
  readonly seats?: number
}

export interface Role {
  readonly id: number
  name: string
  description: string
  /** `user:<accountId>` or `group:<groupId>`, and the id that Jira gives the actor. */
  readonly actors: Map<string, number>
}

export interface Project {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly type: 'software' | 'business' | 'service_desk'
  readonly teamManaged: boolean
  readonly category?: string
  readonly archived: boolean
  /** Only those who have a role in it may see it, and administrators of Jira. */
  readonly private: boolean
  /** By role id: the global roles of a company-managed project, the own roles of a team-managed one. */
  readonly roles: Map<number, Role>
}

export interface SpacePrincipal {
  readonly type: 'user' | 'group' | 'access-class'
  readonly id: string
}

/** What one principal has in one space: a role, or single permissions ("custom access"), never both. */
export interface SpaceAccess {
  readonly principal: SpacePrincipal
  roleId?: string
  /** `read/space` and so on, and the id of the row. */
  readonly permissions: Map<string, number>
}

export interface Space {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly type: 'global' | 'collaboration' | 'knowledge_base' | 'personal'
  readonly archived: boolean
  /** By `type:id` of the principal. */
  readonly access: Map<string, SpaceAccess>
}

export interface SpaceRole {
  readonly id: string
  readonly name: string
  readonly type: 'SYSTEM' | 'CUSTOM'
  readonly description: string
  readonly permissions: readonly string[]
}

/** What a changed or deleted space role leaves to do. */
export interface SpaceRoleTask {
  readonly id: string
  readonly startedAtMs: number
}

export interface Site {
  readonly name: string
  readonly cloudId: string
  readonly products: readonly Product[]
  readonly jira?: {
    /** The global roles by id; their actors are those that new projects get. */
    readonly roles: Map<number, Role>
    readonly projects: Map<string, Project>
  }
  readonly confluence?: {
    mode: RoleMode
    companionPermissions: boolean
    readonly missing: Set<MissingEndpoints>
    readonly taskDurationMs: number
    readonly roles: Map<string, SpaceRole>
    readonly spaces: Map<string, Space>
    readonly tasks: Map<string, SpaceRoleTask>
  }
}

export interface Policy extends Omit<PolicySeed, 'members'> {
  /** By account id: when the account came under the policy, ms since 1970. */
  readonly members: Map<string, number>
}

export interface PolicyTask {
  readonly successCount: number
  readonly failedEmails: readonly string[]
}

/** One write, as the organization's audit log keeps it. */
export interface WorldEvent {
  readonly id: string
  /** ISO 8601. */
  readonly time: string
  readonly action: string
  readonly product: 'jira' | 'confluence' | 'admin'
  readonly actor: { readonly id: string; readonly name: string; readonly email?: string }
  readonly auth: { readonly authType: 'api-token' | 'auth-token-for-3LO'; readonly tokenLabel: string }
  readonly context: readonly { readonly id: string; readonly type: string }[]
}

/** A group that an identity provider pushed under a name that is not synced (a default group): SCIM alone knows it. */
export interface UnsyncedGroup {
  readonly scimGroupId: string
  readonly name: string
  externalId?: string
  readonly members: Set<string>
}

/** Times are in milliseconds since 1970. `scopes` left out: no scope limits the token. */
export interface AccessToken {
  /** Of the client, for the journal. */
  readonly name: string
  readonly email: string
  readonly expiresMs: number
  readonly scopes?: readonly string[]
}

export interface RefreshToken {
  readonly clientId: string
  readonly email: string
  readonly scopes?: readonly string[]
  /** When the person agreed. Left out for a token of the seed: when it is first used. */
  readonly grantedMs?: number
  readonly issuedMs?: number
  /** When it was first exchanged for the next one. */
  readonly rotatedMs?: number
}

export interface AuthorizationCode {
  readonly clientId: string
  readonly email: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly expiresMs: number
  /** PKCE (RFC 7636), where the app uses it. */
  readonly challenge?: string
  readonly isHashed?: boolean
}

/** Everything the sandbox knows, as plain data: it can be cloned, so that a read can be answered from the past. */
export interface WorldState extends RandomState {
  readonly organization: {
    readonly id: string
    readonly name: string
    readonly directory: { readonly id: string; readonly name: string }
    readonly verifiedDomains: readonly string[]
  }
  credentials: CredentialsSeed
  readonly scimDirectoryId?: string
  readonly sites: readonly Site[]
  readonly accounts: Map<string, Account>
  readonly accountIdByEmail: Map<string, string>
  readonly accountIdByScimId: Map<string, string>
  readonly groups: Map<string, Group>
  readonly groupIdByName: Map<string, string>
  readonly groupIdsByAccount: Map<string, Set<string>>
  readonly unsyncedGroups: Map<string, UnsyncedGroup>
  readonly policies: Map<string, Policy>
  readonly policyTasks: Map<string, PolicyTask>
  /** Accounts whose deletion was asked for. */
  readonly accountsToDelete: Set<string>
  /** What was written through any API, oldest first. */
  readonly events: WorldEvent[]
  /** By the token. */
  readonly accessTokens: Map<string, AccessToken>
  /** By the token. Rotated with each use. */
  readonly refreshTokens: Map<string, RefreshToken>
  /** By the code. */
  readonly authorizationCodes: Map<string, AuthorizationCode>
  nextActorId: number
  nextPermissionId: number
  nextRoleId: number
}
