import {
  anonymous,
  fieldsOf,
  ok,
  read,
  textOf,
  write,
  type Answer,
  type ApiDefinition,
  type SandboxRequest,
} from '../exchange.ts'
import { nextUuid } from '../random.ts'

/** auth.atlassian.com's token endpoint, and the list of sites that a token is good for (on api.atlassian.com). */
export const oauthApi: ApiDefinition = {
  api: 'oauth',
  contentType: 'application/json',
  unauthorized: () => ({ status: 401, body: { code: 401, message: 'Unauthorized' } }),
  refused: ({ message }) => ({ status: 400, body: { error: 'invalid_request', error_description: message } }),
  routes: [
    anonymous(write('POST', '/oauth/token', 'oauthToken', issueToken)),
    read('GET', '/oauth/token/accessible-resources', 'accessibleResources', accessibleResources),
  ],
}

function issueToken({ state, body }: SandboxRequest): Answer {
  const { grant_type: grant, client_id: id, client_secret: secret, refresh_token: refresh } = fieldsOf(body)
  const client = (state.credentials.oauthClients ?? []).find(
    ({ clientId, clientSecret }) => clientId === id && clientSecret === secret,
  )
  if (!client) return failure(401, 'access_denied', 'Unauthorized')
  if (grant !== 'client_credentials' && grant !== 'refresh_token')
    return failure(403, 'unsupported_grant_type', `no grant ${textOf(grant)}`)
  const old = textOf(refresh) ?? ''
  if (grant === 'refresh_token' && state.refreshTokens.get(old) !== client.clientId) {
    return failure(403, 'invalid_grant', 'Unknown or invalid refresh token.')
  }
  const accessToken = `access-${nextUuid(state)}`
  state.accessTokens.set(accessToken, { name: client.name, email: client.email })
  const token = { access_token: accessToken, expires_in: 3600, token_type: 'Bearer', scope: '' }
  if (grant === 'client_credentials') return ok(token)
  const next = `refresh-${nextUuid(state)}`
  state.refreshTokens.delete(old)
  state.refreshTokens.set(next, client.clientId)
  return ok({ ...token, refresh_token: next })
}

function failure(status: number, error: string, description: string): Answer {
  return { status, body: { error, error_description: description } }
}

function accessibleResources({ state, siteUrl }: SandboxRequest): Answer {
  return ok(
    state.sites.map(({ name, cloudId }) => ({
      id: cloudId,
      url: siteUrl(name),
      name,
      scopes: [],
      avatarUrl: `${siteUrl(name)}/avatar.png`,
    })),
  )
}
