import { createHash } from 'node:crypto'
import { fieldsOf, ok, textOf, type Answer, type SandboxRequest } from '../../exchange.ts'
import { nextUuid } from '../../random.ts'
import type { RefreshToken } from '../../world-state.ts'
import { provenClient, type OAuthClient } from './clients.ts'

const dayMs = 24 * 3_600_000
/** Life of an access token, in seconds. */
const accessLifeS = 3_600
/** A refresh token that was exchanged already may be sent again for so long. */
const reuseMs = 10 * 60_000
/** Refresh tokens end when nobody uses them, and a year after the consent however often they are used. */
const idleMs = 90 * dayMs
const absoluteMs = 365 * dayMs

/** `POST /oauth/token`: the three grants that Atlassian knows. */
export function issueToken(request: SandboxRequest): Answer {
  const client = provenClient(request)
  if (!client) return failure(401, 'access_denied', 'Unauthorized')
  const grant = textOf(fieldsOf(request.body)['grant_type']) ?? ''
  const answer = grants[grant]
  return answer ? answer(request, client) : failure(403, 'unsupported_grant_type', `no grant ${grant}`)
}

const grants: Readonly<Record<string, (request: SandboxRequest, client: OAuthClient) => Answer>> = {
  client_credentials: (request, client) => ok(accessToken(request, client, client)),
  authorization_code: exchangeCode,
  refresh_token: refresh,
}

/** @returns the part of an answer that every grant has */
function accessToken(
  { state, nowMs }: SandboxRequest,
  { name }: OAuthClient,
  { email, scopes }: Pick<RefreshToken, 'email' | 'scopes'>,
) {
  const token = `access-${nextUuid(state)}`
  const expiresMs = nowMs + accessLifeS * 1_000
  state.accessTokens.set(token, { name, email, expiresMs, ...(scopes && { scopes }) })
  return { access_token: token, expires_in: accessLifeS, token_type: 'Bearer', scope: (scopes ?? []).join(' ') }
}

function exchangeCode(request: SandboxRequest, client: OAuthClient): Answer {
  const { state, nowMs } = request
  const fields = fieldsOf(request.body)
  const code = textOf(fields['code']) ?? ''
  const given = state.authorizationCodes.get(code)
  if (given?.clientId !== client.clientId || nowMs >= given.expiresMs)
    return failure(403, 'invalid_grant', 'Invalid authorization code')
  // one try only, also where it fails
  state.authorizationCodes.delete(code)
  if (fields['redirect_uri'] !== given.redirectUri)
    return failure(403, 'invalid_grant', 'The redirect URI is not the one of the authorization request')
  if (given.challenge !== undefined && challengeOf(fields['code_verifier'], given.isHashed) !== given.challenge)
    return failure(403, 'invalid_grant', 'Failed to verify code verifier')
  const answer = accessToken(request, client, given)
  if (!given.scopes.includes('offline_access')) return ok(answer)
  const { clientId, email, scopes } = given
  return ok({ ...answer, refresh_token: refreshToken(request, { clientId, email, scopes, grantedMs: nowMs }) })
}

/** RFC 7636 section 4.6. */
function challengeOf(verifier: unknown, isHashed = false): string | undefined {
  const text = textOf(verifier)
  return text !== undefined && isHashed ? createHash('sha256').update(text).digest('base64url') : text
}

function refresh(request: SandboxRequest, client: OAuthClient): Answer {
  const { state, nowMs } = request
  const sent = textOf(fieldsOf(request.body)['refresh_token']) ?? ''
  const old = state.refreshTokens.get(sent)
  if (old?.clientId !== client.clientId || hasEnded(old, nowMs))
    return failure(403, 'invalid_grant', 'Unknown or invalid refresh token.')
  // the interval runs from the first exchange, not from the last
  state.refreshTokens.set(sent, { ...old, rotatedMs: old.rotatedMs ?? nowMs })
  const { clientId, email, scopes, grantedMs = nowMs } = old
  const next = refreshToken(request, { clientId, email, grantedMs, ...(scopes && { scopes }) })
  return ok({ ...accessToken(request, client, old), refresh_token: next })
}

function refreshToken({ state, nowMs }: SandboxRequest, token: Omit<RefreshToken, 'issuedMs' | 'rotatedMs'>): string {
  const next = `refresh-${nextUuid(state)}`
  state.refreshTokens.set(next, { ...token, issuedMs: nowMs })
  return next
}

function hasEnded({ grantedMs = Infinity, issuedMs = Infinity, rotatedMs = Infinity }: RefreshToken, nowMs: number) {
  return nowMs - grantedMs >= absoluteMs || nowMs - issuedMs >= idleMs || nowMs - rotatedMs > reuseMs
}

function failure(status: number, error: string, description: string): Answer {
  return { status, body: { error, error_description: description } }
}
