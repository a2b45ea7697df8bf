import type { Diagnostic } from '../../core/diagnostic.ts'
import { valueFromRules } from '../fields.ts'
import { broken, brokenItems, exactlyOne, type Rule } from '../rule.ts'

type Path = readonly (string | number)[]

interface Organization {
  readonly sites: readonly { readonly name: string }[]
  readonly provisioning: Provisioning
  readonly credentials: {
    readonly organization: Held
    readonly scim?: Held
    readonly sites: readonly SiteCredential[]
  }
  readonly delegations: readonly { readonly from: object }[]
}
interface Provisioning {
  readonly method: string
  readonly scimDirectoryId?: string
  readonly groups: boolean
}
interface Held {
  readonly valueFrom: object
}
interface SiteCredential {
  readonly site: string
  readonly apiToken?: Held
  readonly oauth?: OAuth
}
interface OAuth {
  readonly grant: string
  readonly clientSecret: Held
  readonly refreshToken?: Held
}

export const provisioningRules: readonly Rule<Provisioning>[] = [
  {
    rule: "self.method != 'SCIM' || has(self.scimDirectoryId)",
    message: 'method SCIM needs scimDirectoryId',
    holds: ({ method, scimDirectoryId }) => method !== 'SCIM' || scimDirectoryId !== undefined,
  },
  {
    rule: "!self.groups || self.method == 'SCIM'",
    message: 'groups: true needs method SCIM',
    holds: ({ method, groups }) => !groups || method === 'SCIM',
  },
]

export const oauthRules: readonly Rule<OAuth>[] = [
  {
    rule: "self.grant == 'AuthorizationCode' || !has(self.refreshToken)",
    message: 'refreshToken is for the grant AuthorizationCode only',
    holds: ({ grant, refreshToken }) => grant === 'AuthorizationCode' || refreshToken === undefined,
  },
]

export const siteCredentialRules: readonly Rule<object>[] = [exactlyOne('apiToken', 'oauth')]
export const delegationSourceRules: readonly Rule<object>[] = [exactlyOne('namespace', 'namespaceSelector', 'path')]

export const organizationRules: readonly Rule<Organization>[] = [
  {
    rule: "self.provisioning.method != 'SCIM' || has(self.credentials.scim)",
    message: 'provisioning.method SCIM needs credentials.scim',
    holds: ({ provisioning, credentials }) => provisioning.method !== 'SCIM' || credentials.scim !== undefined,
  },
  {
    rule: 'self.credentials.sites.all(each, self.sites.exists(known, known.name == each.site))',
    message: 'credentials.sites names a site that is not in sites',
    holds: ({ sites, credentials }) => credentials.sites.every(({ site }) => sites.some(({ name }) => name === site)),
  },
]

/** What the schema alone cannot say. The API server judges repeated names by the lists' own keys. */
export function ruleProblems(spec: Organization): readonly Diagnostic[] {
  const { credentials, delegations, provisioning, sites } = spec
  const at = (...path: Path): Path => ['spec', ...path]
  const sources = delegations.map(({ from }) => from)
  return [
    ...broken(organizationRules, spec, at()),
    ...broken(provisioningRules, provisioning, at('provisioning')),
    ...broken(valueFromRules, credentials.organization.valueFrom, at('credentials', 'organization', 'valueFrom')),
    ...(credentials.scim
      ? broken(valueFromRules, credentials.scim.valueFrom, at('credentials', 'scim', 'valueFrom'))
      : []),
    ...credentials.sites.flatMap((each, index) => credentialProblems(each, at('credentials', 'sites', index))),
    ...repeated(
      sites.map(({ name }) => name),
      at('sites'),
    ),
    ...repeated(
      credentials.sites.map(({ site }) => site),
      at('credentials', 'sites'),
    ),
    ...brokenItems(delegationSourceRules, sources, at('delegations')),
  ]
}

function credentialProblems(credential: SiteCredential, path: Path): readonly Diagnostic[] {
  const { apiToken, oauth } = credential
  const held = {
    'apiToken.valueFrom': apiToken,
    'oauth.clientSecret.valueFrom': oauth?.clientSecret,
    'oauth.refreshToken.valueFrom': oauth?.refreshToken,
  }
  return [
    ...broken(siteCredentialRules, credential, path),
    ...(oauth ? broken(oauthRules, oauth, [...path, 'oauth']) : []),
    ...Object.entries(held).flatMap(([at, value]) =>
      value ? broken(valueFromRules, value.valueFrom, [...path, ...at.split('.')]) : [],
    ),
  ]
}

function repeated(names: readonly string[], path: Path): readonly Diagnostic[] {
  const again = names.flatMap((name, index) => (names.indexOf(name) < index ? [{ name, index }] : []))
  return again.map(({ name, index }) => ({
    code: 'INVALID_SPEC',
    severity: 'error',
    message: `"${name}" is here twice`,
    path: [...path, index],
  }))
}
