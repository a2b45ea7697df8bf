import Type from 'typebox'
import { OneOf, Strict } from '../../core/schema.ts'
import { Credential, credentialEnd, Email, SiteName, valueFrom } from '../fields.ts'
import { validations } from '../rule.ts'
import { oauthRules, siteCredentialRules } from './rules.ts'

const apiToken = Strict(
  {
    email: Email('E-mail address of the account that the token belongs to, e.g. svc@acme.com.'),
    valueFrom,
    expiresAt: credentialEnd,
    scoped: Type.Boolean({
      default: false,
      description:
        'Whether it is a token with scopes, which works through the gateway of Atlassian only. Default: false.',
    }),
  },
  { description: 'An API token of a user or service account that administers the site.' },
)

const oauth = Strict(
  {
    grant: OneOf(['ClientCredentials', 'AuthorizationCode'], {
      description: 'ClientCredentials: a service account. AuthorizationCode: an app that a person has authorized.',
    }),
    clientId: Type.String({ minLength: 1, maxLength: 255, description: 'Client id of the app or service account.' }),
    clientSecret: Credential('Client secret of the app or service account.'),
    refreshToken: Type.Optional(
      Credential(
        'Refresh token of the person who has authorized the app. For the grant AuthorizationCode only. Default: the one that `roster login` has kept.',
      ),
    ),
  },
  { ...validations(oauthRules), description: 'OAuth 2.0 instead of an API token.' },
)

const SiteCredential = Strict(
  {
    site: SiteName('Name of the site, as in spec.sites.'),
    apiToken: Type.Optional(apiToken),
    oauth: Type.Optional(oauth),
  },
  {
    ...validations(siteCredentialRules),
    description: 'How to sign in to one site: exactly one of apiToken and oauth.',
  },
)

export const credentials = Strict(
  {
    organization: Credential('API key of the organization, without scopes. Made at admin.atlassian.com, API keys.'),
    scim: Type.Optional(Credential('API key of the SCIM directory. Needed where provisioning.method is SCIM.')),
    sites: Type.Array(SiteCredential, {
      default: [],
      maxItems: 50,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['site'],
      description: 'One credential for each site whose Jira or Confluence is managed. Default: none.',
    }),
  },
  { description: 'Where the secrets are kept that Roster signs in with.' },
)
