import nock from 'nock'
import type { ApiRequest } from '../core/ports.ts'
import { RemoteError } from '../core/remote-error.ts'
import { createTestClock } from './clock.builder.ts'
import { createSecret } from './secret.ts'
import { createTransport, type CallEvent, type SiteCredential, type TransportOptions } from './transport.ts'

export const api = 'https://api.atlassian.com'
export const site = 'https://acme.atlassian.net'
export const token = 'api-t0ken'
export const classic: SiteCredential = {
  kind: 'apiToken',
  email: 'svc@acme.com',
  token: createSecret(token),
  scoped: false,
}
export const scoped: SiteCredential = { ...classic, scoped: true }

export const project: ApiRequest = {
  api: 'jira',
  method: 'GET',
  path: '/rest/api/3/project/{projectIdOrKey}',
  params: { projectIdOrKey: 'PAY' },
  site: 'acme',
}
export const addActor: ApiRequest = {
  api: 'jira',
  method: 'POST',
  path: '/rest/api/3/project/{projectIdOrKey}/role/{id}',
  params: { projectIdOrKey: 'PAY', id: '10002' },
  body: { user: ['712020:1'] },
  site: 'acme',
}
export const suspend: ApiRequest = {
  api: 'organization',
  method: 'POST',
  path: '/v2/orgs/{orgId}/directories/{directoryId}/users/{accountId}/suspend',
  params: { accountId: '712020:1' },
}

export function connect(
  options: Partial<TransportOptions> = {},
  credential: SiteCredential = classic,
  directory: { readonly directoryId?: string } = { directoryId: 'dir-1' },
  mayWrite: () => boolean = () => true,
) {
  const clock = createTestClock()
  const events: CallEvent[] = []
  const transport = createTransport({
    organizationId: 'org-1',
    ...directory,
    scimDirectoryId: 'scim-1',
    endpoints: { api, auth: 'https://auth.atlassian.com' },
    sites: [{ name: 'acme', url: site }],
    credentials: {
      organization: createSecret('org-k3y'),
      scim: createSecret('scim-k3y'),
      sites: new Map([['acme', credential]]),
    },
    clock,
    random: () => 0.5,
    onCall: (event) => events.push(event),
    ...options,
  })
  return { ...transport, writer: transport.createWriter(mayWrite), clock, events }
}

export const failureOf = async (call: Promise<unknown>): Promise<RemoteError> => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof RemoteError) return error
  throw new Error('the call did not fail as a RemoteError', { cause: error })
}

/** Nothing leaves the machine; an answer that nobody asked for fails the test. */
export function closeNetwork(): void {
  nock.disableNetConnect()
}

export function openNetwork(): void {
  const pending = nock.pendingMocks()
  nock.cleanAll()
  nock.enableNetConnect()
  if (pending.length > 0) throw new Error(`never asked for: ${pending.join(', ')}`)
}
