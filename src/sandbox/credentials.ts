import type { Target } from './targets.ts'
import { findAccount, statusOf } from './world-directory.ts'
import type { Account, WorldState } from './world-state.ts'

export interface Caller {
  /** Name of the credential in the seed; `anonymous` or `unknown` where it is none of ours. */
  readonly name: string
  readonly granted: boolean
  /** Whose credential it is; a key of the organization or of SCIM may be nobody's. */
  readonly account?: Account
  readonly bearer?: string
  /** Left out: no scope limits the credential. */
  readonly scopes?: readonly string[]
}

const anonymousCaller: Caller = { name: 'anonymous', granted: false }
const unknownCaller: Caller = { name: 'unknown', granted: false }

/**
 * Who calls, and whether the API takes this credential: organization keys for /admin, the directory's key for SCIM,
 * Basic tokens and bearers for the sites. Classic tokens work on the site, scoped ones and bearers on the gateway only.
 */
export function identify(
  state: WorldState,
  target: Target,
  { authorization, nowMs }: { readonly authorization: string | undefined; readonly nowMs: number },
): Caller {
  const [, scheme, secret = ''] = /^(\w+)\s+(.+)$/.exec(authorization ?? '') ?? []
  if (scheme === undefined) return anonymousCaller
  if (scheme.toLowerCase() === 'basic') return basicCaller(state, target, secret)
  if (['oauth', 'jira', 'confluence'].includes(target.api)) return oauthCaller(state, { target, secret, nowMs })
  return keyCaller(state, { target, secret, nowMs })
}

interface Presented {
  readonly target: Target
  readonly secret: string
  readonly nowMs: number
}

function keyCaller(state: WorldState, { target, secret, nowMs }: Presented): Caller {
  const organizationKey = state.credentials.organizationApiKeys?.find(({ key }) => key === secret)
  if (organizationKey) {
    const { name, owner = '', expiresAt } = organizationKey
    const account = findAccount(state, owner)
    const isExpired = expiresAt !== undefined && Date.parse(expiresAt) <= nowMs
    return { name, granted: target.api !== 'scim' && !isExpired, ...(account ? { account } : {}) }
  }
  const scimKey = state.credentials.scimKeys?.find(({ key }) => key === secret)
  return scimKey ? { name: scimKey.name, granted: target.api === 'scim' } : unknownCaller
}

function basicCaller(state: WorldState, target: Target, secret: string): Caller {
  const [email, ...rest] = Buffer.from(secret, 'base64').toString().split(':')
  const token = (state.credentials.apiTokens ?? []).find(
    (candidate) => candidate.email.toLowerCase() === email?.toLowerCase() && candidate.token === rest.join(':'),
  )
  if (!token) return unknownCaller
  const isSite = target.api === 'jira' || target.api === 'confluence'
  const fits = isSite && (token.scoped ?? false) === target.gateway
  return { ...personal(state, token, fits), ...(token.scopes && { scopes: token.scopes }) }
}

function oauthCaller(state: WorldState, { target, secret, nowMs }: Presented): Caller {
  const issued = state.accessTokens.get(secret)
  if (!issued || nowMs >= issued.expiresMs) return unknownCaller
  const { scopes } = issued
  const caller = personal(state, issued, target.gateway || target.api === 'oauth')
  return { ...caller, bearer: secret, ...(scopes && { scopes }) }
}

function personal(state: WorldState, { name, email }: { name: string; email: string }, fits: boolean): Caller {
  const account = findAccount(state, email)
  if (!account) return { name, granted: false }
  return { name, account, granted: fits && statusOf(account) === 'active' }
}
