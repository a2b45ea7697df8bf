import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Reply, Route, ServerRequest } from './serve.ts'

export interface Hooks {
  /** Those that are taken, read afresh for each request: several while one takes the place of another. */
  readonly secrets: () => Promise<readonly string[]>
  /** Told of a call that is genuine. What it says is not looked at: whoever replays one causes a look, and no more. */
  readonly onCall: (forge: Forge) => void
  /** Told of one that is not. */
  readonly onRefused: (forge: Forge) => void
}

export type Forge = 'github' | 'gitlab' | 'bitbucket'

/** A push of many commits is long; GitHub sends at most 25 MiB. A longer one is refused, and the poll sees the push. */
const maxBodyBytes = 5 * 1024 * 1024

type IsGenuine = (request: ServerRequest, secret: string) => boolean

/**
 * GitHub: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 * GitLab: https://docs.gitlab.com/user/project/integrations/webhooks/
 * Bitbucket: https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/
 */
const proofs: Readonly<Record<Forge, IsGenuine>> = {
  github: (request, secret) => isSigned(request, 'x-hub-signature-256', secret),
  gitlab: ({ headers }, secret) => isSame(headerOf(headers, 'x-gitlab-token'), secret),
  bitbucket: (request, secret) => isSigned(request, 'x-hub-signature', secret),
}

/** `POST /hooks/github`, `/hooks/gitlab`, `/hooks/bitbucket`. */
export function hookRoutes(hooks: Hooks): readonly Route[] {
  return (Object.keys(proofs) as Forge[]).map((forge) => ({
    method: 'POST',
    path: `/hooks/${forge}`,
    maxBodyBytes,
    handle: (request) => receive(forge, request, hooks),
  }))
}

async function receive(forge: Forge, request: ServerRequest, { secrets, onCall, onRefused }: Hooks): Promise<Reply> {
  const known = await secrets()
  if (!known.some((secret) => secret !== '' && proofs[forge](request, secret))) {
    onRefused(forge)
    return { status: 401, body: 'the signature or token is not right\n' }
  }
  onCall(forge)
  return { status: 202, body: 'the repository is looked at\n' }
}

/** `sha256=<64 hex digits>`, made over the body as it came. */
function isSigned({ headers, body }: ServerRequest, header: string, secret: string): boolean {
  return isSame(headerOf(headers, header), `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
}

function headerOf(headers: ServerRequest['headers'], name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

/** Takes the same time however much of them agrees, also where their lengths differ. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
