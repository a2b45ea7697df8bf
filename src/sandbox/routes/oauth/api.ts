import { anonymous, ok, read, write, type Answer, type ApiDefinition, type SandboxRequest } from '../../exchange.ts'
import { askConsent, decide } from './authorize.ts'
import { issueToken } from './token.ts'

/** auth.atlassian.com: consent and tokens; and the list of sites that a token is good for (on api.atlassian.com). */
export const oauthApi: ApiDefinition = {
  api: 'oauth',
  contentType: 'application/json',
  unauthorized: () => ({ status: 401, body: { code: 401, message: 'Unauthorized' } }),
  refused: ({ message }) => ({ status: 400, body: { error: 'invalid_request', error_description: message } }),
  routes: [
    anonymous(read('GET', '/authorize', 'authorize', askConsent)),
    anonymous(write('POST', '/authorize', 'decideConsent', decide)),
    anonymous(write('POST', '/oauth/token', 'oauthToken', issueToken)),
    read('GET', '/oauth/token/accessible-resources', 'accessibleResources', accessibleResources),
  ],
}

function accessibleResources({ state, bearer = '', siteUrl }: SandboxRequest): Answer {
  const scopes = (state.accessTokens.get(bearer)?.scopes ?? []).filter((scope) => scope !== 'offline_access')
  return ok(
    state.sites.map(({ name, cloudId }) => ({
      id: cloudId,
      url: siteUrl(name),
      name,
      scopes,
      avatarUrl: `${siteUrl(name)}/avatar.png`,
    })),
  )
}
