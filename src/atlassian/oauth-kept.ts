import { createHash } from 'node:crypto'
import type { IssuedToken } from './oauth-token.ts'
import type { Secret } from './secret.ts'

/** What a person's consent has given so far, as a store keeps it. Holds secrets in plain text: it is for a store only. */
export interface KeptToken {
  readonly clientId: string
  readonly refreshToken: string
  readonly accessToken: string
  /** When the access token ends; this and all other times in milliseconds since 1970. */
  readonly accessExpiresMs: number
  readonly scopes: readonly string[]
  /** When the person agreed; where that is not known, when the token was first used. */
  readonly grantedMs: number
  readonly refreshedMs: number
  /** Digest of the refresh token that the manifest pointed to: another one there takes the place of what is kept. */
  readonly declared?: string
  /** E-mail address of the person, where it is known. */
  readonly email?: string
}

export interface TokenStore {
  /** @throws where it cannot be read or anybody else may read it */
  load(): Promise<KeptToken | undefined>
  /** Returns once it would outlive the process. */
  save(token: KeptToken): Promise<void>
  /** No other process that uses the store is in such work at the same time. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>
}

const dayMs = 24 * 3_600_000
/** A refresh token ends a year after the consent, however often it is renewed (Atlassian staff, community thread 60806). */
const longestMs = 365 * dayMs

/** When a person has to agree again at the latest. A token that nobody uses for 90 days ends sooner. */
export const consentEndsMs = ({ grantedMs }: Pick<KeptToken, 'grantedMs'>): number => grantedMs + longestMs

export const digestOf = (token: Secret): string => createHash('sha256').update(token.reveal()).digest('hex')

export interface ConsentWanted {
  readonly clientId: string
  /** The refresh token that the manifest points to. */
  readonly declared?: Secret
}

/** What is kept, unless it is another app's or the manifest points to a new refresh token. */
export function keptFor(kept: KeptToken | undefined, { clientId, declared }: ConsentWanted): KeptToken | undefined {
  const isOurs = kept?.clientId === clientId && (declared === undefined || kept.declared === digestOf(declared))
  return isOurs ? kept : undefined
}

/** The kept form of an answer to the token endpoint; what it does not say stays as it was. */
export function keptFrom(
  { accessToken, expiresMs, scopes, refreshToken }: IssuedToken,
  before: Pick<KeptToken, 'clientId' | 'refreshToken' | 'grantedMs' | 'declared' | 'email'>,
  nowMs: number,
): KeptToken {
  return {
    ...before,
    // an app without rotation would go on with the old one
    refreshToken: refreshToken?.reveal() ?? before.refreshToken,
    accessToken: accessToken.reveal(),
    accessExpiresMs: expiresMs,
    scopes,
    refreshedMs: nowMs,
  }
}
