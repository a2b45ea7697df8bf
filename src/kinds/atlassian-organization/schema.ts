import Type, { type Static } from 'typebox'
import { MapOf, OneOf, Strict } from '../../core/schema.ts'
import { GroupName, SiteName } from '../fields.ts'
import { validations } from '../rule.ts'
import { credentials } from './credentials.ts'
import { Delegation } from './delegation.ts'
import { guardrails } from './guardrails.ts'
import { organizationRules, provisioningRules } from './rules.ts'

/** Ids of Atlassian are UUIDs in practice; the files only promise text. */
const Id = (description: string) =>
  Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9-]+$', description })

/**
 * https everywhere; http, which shows the credentials to the network, only to hosts that cannot be on the internet: this
 * machine, a name without a dot, a service of the cluster.
 */
const localHost = '(localhost|127\\.[0-9.]+|\\[::1\\]|[a-z0-9-]+|[a-z0-9.-]+\\.svc(\\.cluster\\.local)?)'

const Url = (options: { readonly default?: string; readonly description: string }) =>
  Type.String({
    maxLength: 2048,
    pattern: `^(https://[^\\s/?#@]+|http://${localHost}(:[0-9]+)?)(/[^\\s?#@]*)?$`,
    ...options,
  })

const Site = Strict(
  {
    name: SiteName('How the other manifests call the site, e.g. acme.'),
    url: Url({ description: 'Address of the site, e.g. https://acme.atlassian.net.' }),
    cloudId: Type.Optional(Id('Cloud id of the site. Default: asked of the site.')),
  },
  { description: 'A site with Jira or Confluence.' },
)

const provisioning = Strict(
  {
    method: OneOf(['SCIM', 'Invite'], {
      description:
        'SCIM: through the directory of an identity provider, with profiles. Invite: by invitation, without profiles and without a mail.',
    }),
    scimDirectoryId: Type.Optional(
      Id('Id of the SCIM directory, from its base URL. Not the id of the organization directory.'),
    ),
    groups: Type.Boolean({
      default: false,
      description:
        'Whether the groups of the SCIM directory are ours to make and to fill. Only where no identity provider does: the two would undo each other. Default: false.',
    }),
  },
  {
    ...validations(provisioningRules),
    default: { method: 'Invite', groups: false },
    description: 'How accounts are made. Default: by invitation.',
  },
)

const endpoints = Strict(
  {
    api: Url({
      default: 'https://api.atlassian.com',
      description: 'Base of the APIs of the organization. Default: https://api.atlassian.com.',
    }),
    auth: Url({
      default: 'https://auth.atlassian.com',
      description: 'Base of the token endpoint. Default: https://auth.atlassian.com.',
    }),
  },
  { default: {}, description: 'Where Atlassian is. A sandbox or a proxy goes here.' },
)

const AuthenticationPolicy = Strict(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Its name, as admin.atlassian.com shows it, e.g. Staff.',
    }),
    id: Id('Id of the policy, from its address at admin.atlassian.com.'),
    enforces: Type.Array(
      OneOf(['TwoStepVerification', 'SingleSignOn'], { description: 'What the policy makes its people do.' }),
      {
        default: [],
        maxItems: 2,
        description:
          'What the policy enforces, for reports. No API of Atlassian tells or changes it: set it at admin.atlassian.com. Default: nothing.',
      },
    ),
  },
  { description: 'An authentication policy that exists. No API of Atlassian lists, makes or changes them.' },
)

export const AtlassianOrganizationSpec = Strict(
  {
    organizationId: Id('Id of the organization, from the address of admin.atlassian.com.'),
    directoryId: Type.Optional(
      Id('Id of the directory of users and groups. Default: found where the organization has one.'),
    ),
    sites: Type.Array(Site, {
      default: [],
      maxItems: 50,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      description: 'Sites whose Jira or Confluence is managed. Default: none.',
    }),
    provisioning,
    credentials,
    endpoints,
    defaultGroups: MapOf(GroupName('Name of the group.'), {
      default: {},
      maxProperties: 50,
      description:
        'Group that gives access to a product, by product key, e.g. { jira-software: jira-users-acme }. Default: discovered.',
    }),
    authenticationPolicies: Type.Array(AuthenticationPolicy, {
      default: [],
      maxItems: 100,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      description: 'Authentication policies by name, for manifests and reports. Default: none.',
    }),
    guardrails,
    delegations: Type.Array(Delegation, {
      default: [],
      maxItems: 200,
      description:
        'Who may touch what. Where there is one, manifests from elsewhere may touch nothing more. Default: none.',
    }),
    interval: Type.String({
      default: '10m',
      maxLength: 20,
      pattern: '^([0-9]+h)?([0-9]+m)?([0-9]+s)?$',
      minLength: 2,
      description: 'How often everything is compared, in hours, minutes and seconds, e.g. 1h30m. Default: 10m.',
    }),
    suspend: Type.Boolean({
      default: false,
      description: 'Stops all work on the organization while true. Default: false.',
    }),
  },
  validations(organizationRules),
)

export type AtlassianOrganizationSpec = Static<typeof AtlassianOrganizationSpec>
