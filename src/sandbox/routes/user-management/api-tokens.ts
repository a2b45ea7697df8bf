import { noContent, ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { revokeToken, tokensOf } from '../../world-tokens.ts'
import { withAccount } from './manage.ts'

export function listTokens(request: SandboxRequest): Answer {
  return withAccount(request, 'apiToken.read', (account) =>
    ok(tokensOf(request.state, account).map(({ scopes: _scopes, ...token }) => token)),
  )
}

export function deleteToken(request: SandboxRequest): Answer {
  return withAccount(request, 'apiToken.delete', (account) =>
    revokeToken(request.state, account, request.params['tokenId'] ?? '')
      ? noContent
      : { status: 404, body: { key: 'notFound' } },
  )
}
