import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { worldSeedSchema } from './world-seed-schema.ts'

export type AccountStatus = 'active' | 'suspended' | 'deactivated' | 'not_invited'
export type AccountType = 'atlassian' | 'app' | 'customer'
export type GroupManager = 'admins' | 'external' | 'open' | 'team-members'
/** What answers 404 though the mode of the site says otherwise: the role endpoints, the mode's own. */
export type MissingEndpoints = 'roles' | 'role-mode'
export type RoleMode = 'PRE_ROLES' | 'ROLES_TRANSITION' | 'ROLES'

/** An e-mail address or a phone number of a SCIM user. */
export interface ScimContact {
  readonly value: string
  readonly type?: string
  readonly primary?: boolean
}

export interface ScimSeed {
  /** Id in the SCIM directory; derived from the account id where it is left out. */
  readonly id?: string
  readonly userName?: string
  readonly externalId?: string
  /** `name.formatted`; left out: the display name. */
  readonly formattedName?: string
  readonly givenName?: string
  readonly middleName?: string
  readonly familyName?: string
  readonly honorificPrefix?: string
  readonly honorificSuffix?: string
  /** The primary one is the account's, whatever stands here; left out: that one alone. */
  readonly emails?: readonly ScimContact[]
  readonly phoneNumbers?: readonly ScimContact[]
  readonly nickName?: string
  readonly title?: string
  readonly department?: string
  readonly organization?: string
  readonly preferredLanguage?: string
  readonly timezone?: string
}

export interface AccountSeed {
  readonly id: string
  readonly email?: string
  readonly name: string
  readonly status?: AccountStatus
  readonly type?: AccountType
  readonly managed?: boolean
  readonly mfaEnabled?: boolean
  /** Jira and Confluence leave the e-mail out; the Organizations search returns it all the same. */
  readonly hiddenEmail?: boolean
  readonly platformRoles?: readonly string[]
  /** Present: the account is owned by the SCIM directory of the identity provider. */
  readonly scim?: ScimSeed
  /** What SCIM does not say. */
  readonly profile?: ProfileSeed
  /** Beside those of `credentials.apiTokens`, which are the account's too. */
  readonly apiTokens?: readonly AccountTokenSeed[]
  /** By app (`jira-software`), ISO 8601; an app that is not here was never used. */
  readonly lastActive?: Readonly<Record<string, string>>
  /** ISO 8601, of a deactivated account: when its deletion is final. */
  readonly deletesAt?: string
  /** What an account of type `app` is: `service` is a service account. */
  readonly appType?: 'service' | 'agent' | 'unknown'
}

/** The profile of an account, as the User management and the Organizations API name its parts between them. */
export interface ProfileSeed {
  readonly nickname?: string
  readonly timeZone?: string
  readonly locale?: string
  readonly jobTitle?: string
  readonly organization?: string
  readonly department?: string
  readonly location?: string
}

/** An API token that only its listings know: it opens nothing. Times are ISO 8601. */
export interface AccountTokenSeed {
  readonly id: string
  readonly label: string
  readonly createdAt: string
  readonly lastAccess?: string
  readonly expiry?: string
}

/** Times are ISO 8601. */
export interface OrganizationKeySeed {
  readonly name: string
  readonly key: string
  /** E-mail or account id of the admin who made it: the actor of its events, and nobody it may close. */
  readonly owner?: string
  readonly createdAt?: string
  /** From then on it opens nothing. */
  readonly expiresAt?: string
  /** Listed, not enforced. */
  readonly scopes?: readonly string[]
}

export interface AppRoleSeed {
  readonly product: string
  readonly site: string
  readonly role: string
}

export interface GroupSeed {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly managedBy?: GroupManager
  readonly scimGroupId?: string
  /** E-mail or account id. */
  readonly members?: readonly string[]
  readonly appRoles?: readonly AppRoleSeed[]
  /** Its members have this role in the organization, such as `atlassian/org-admin`. */
  readonly platformRole?: string
}

export interface ProductSeed {
  readonly key: string
  readonly defaultGroup: string
  /** Left out: no limit. */
  readonly seats?: number
}

export interface ActorsSeed {
  /** For a role of a team-managed project; drawn where it is left out. */
  readonly id?: number
  readonly users?: readonly string[]
  readonly groups?: readonly string[]
}

/** A role that company-managed projects share. */
export interface RoleSeed {
  readonly id: number
  readonly name: string
  readonly description?: string
  readonly defaultActors?: Omit<ActorsSeed, 'id'>
}

export interface ProjectSeed {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly type?: 'software' | 'business' | 'service_desk'
  /** `next-gen` is team-managed: its roles are its own. */
  readonly style?: 'classic' | 'next-gen'
  readonly category?: string
  readonly archived?: boolean
  readonly private?: boolean
  readonly roles?: Readonly<Record<string, ActorsSeed>>
}

export interface SpaceAccessSeed {
  readonly group?: string
  readonly user?: string
  readonly accessClass?: string
  readonly role?: string
  readonly permissions?: readonly string[]
}

export interface SpaceSeed {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly type?: 'global' | 'collaboration' | 'knowledge_base' | 'personal'
  readonly archived?: boolean
  readonly access?: readonly SpaceAccessSeed[]
}

export interface SpaceRoleSeed {
  readonly id: string
  readonly name: string
  readonly type?: 'SYSTEM' | 'CUSTOM'
  readonly description?: string
  readonly permissions: readonly string[]
}

export interface SiteSeed {
  readonly name: string
  readonly cloudId: string
  readonly products: readonly ProductSeed[]
  readonly jira?: {
    readonly roles: readonly RoleSeed[]
    readonly projects: readonly ProjectSeed[]
  }
  readonly confluence?: {
    readonly mode: RoleMode
    readonly companionPermissions?: boolean
    readonly missing?: readonly MissingEndpoints[]
    /** How long the task of a changed or deleted space role runs, in milliseconds; 0 where it is left out. */
    readonly taskDurationMs?: number
    readonly roles?: readonly SpaceRoleSeed[]
    readonly spaces: readonly SpaceSeed[]
  }
}

export interface PolicySeed {
  readonly id: string
  readonly name: string
  readonly members?: readonly string[]
  readonly enforces?: 'sso' | 'two-step' | 'none'
}

export interface CredentialsSeed {
  readonly organizationApiKeys?: readonly OrganizationKeySeed[]
  readonly scimKeys?: readonly { readonly name: string; readonly key: string }[]
  readonly apiTokens?: readonly {
    readonly name: string
    readonly email: string
    readonly token: string
    readonly scoped?: boolean
    /** Of a scoped token. Left out: every scope. */
    readonly scopes?: readonly string[]
  }[]
  readonly oauthClients?: readonly {
    readonly name: string
    readonly clientId: string
    readonly clientSecret: string
    /** Whose account it acts for: a service account, or the person at the consent page. */
    readonly email: string
    /** Those of the app's settings. Left out: every scope. */
    readonly scopes?: readonly string[]
    /** Callback URLs of the app's settings. Left out: any. */
    readonly redirectUris?: readonly string[]
    readonly refreshToken?: string
  }[]
}

/** An Atlassian Cloud at rest: what `docs/sandbox.md` describes, and what `GET /_sandbox/world` answers. */
export interface WorldSeed {
  readonly organization: {
    readonly id: string
    readonly name: string
    readonly directory: { readonly id: string; readonly name: string }
    readonly verifiedDomains: readonly string[]
  }
  readonly credentials: CredentialsSeed
  readonly scim?: { readonly directoryId: string }
  readonly sites: readonly SiteSeed[]
  readonly accounts: readonly AccountSeed[]
  readonly groups: readonly GroupSeed[]
  readonly authenticationPolicies?: readonly PolicySeed[]
}

const isWorldSeed = new Ajv({ allErrors: true }).compile<WorldSeed>(worldSeedSchema)

/**
 * A seed from its YAML text (JSON is YAML too).
 * @throws Error that names the path of each mistake; unknown fields are mistakes. References (an e-mail that no account
 * has, a group that is not listed) are checked when a world is made of it.
 */
export function parseWorldSeed(yamlText: string): WorldSeed {
  const seed: unknown = parse(yamlText)
  if (isWorldSeed(seed)) return seed
  const mistakes = (isWorldSeed.errors ?? []).map(({ instancePath, message, params }) => {
    const field = 'additionalProperty' in params ? ` (${params['additionalProperty']})` : ''
    return `${instancePath || '/'} ${message}${field}`
  })
  throw new Error(`the world seed has mistakes: ${mistakes.join('; ')}`)
}
