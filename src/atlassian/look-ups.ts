import type { ApiRequest } from '../core/ports.ts'
import { RemoteError } from '../core/remote-error.ts'
import { trimmed, type Site } from './address.ts'
import type { Budget } from './budget.ts'
import { usesGateway, type Credentials } from './credential.ts'
import { queryCursorPages } from './paginate.ts'
import { send, type SendOptions } from './send.ts'

/** Ids that the user need not write down. Each is asked for once; a failure is not remembered. */
export interface LookUps {
  /** @throws RemoteError, also where the organization has more than one directory */
  directoryId(): Promise<string>
  /** @throws RemoteError */
  cloudId(site: Site): Promise<string>
  /** How many of them are still to be asked for. */
  outstanding(): number
}

interface Given {
  readonly directoryId?: string
  readonly sites: readonly Site[]
  readonly credentials: Credentials
}

interface Tools {
  readonly read: <Body>(request: ApiRequest) => Promise<Body>
  readonly sendOptions: SendOptions
  readonly budgetOf: (name: string) => Budget
}

export function createLookUps(options: Given, { read, sendOptions, budgetOf }: Tools): LookUps {
  const known = new Map<string, Promise<string>>()
  const once = (key: string, ask: () => Promise<string>): Promise<string> => {
    const answer = known.get(key) ?? ask()
    known.set(key, answer)
    answer.catch(() => known.delete(key))
    return answer
  }
  const directoryKey = 'directory'
  const siteKey = ({ name }: Site) => `site ${name}`
  const waiting = options.sites.filter(
    ({ name, cloudId }) => cloudId === undefined && usesGateway(options.credentials.sites.get(name)),
  )
  return {
    directoryId: async () => options.directoryId ?? once(directoryKey, () => onlyDirectory(read)),
    cloudId: async (site) =>
      site.cloudId ?? once(siteKey(site), () => tenantOf(site, budgetOf(`tenant of ${site.name}`), sendOptions)),
    outstanding: () =>
      (options.directoryId === undefined && !known.has(directoryKey) ? 1 : 0) +
      waiting.filter((site) => !known.has(siteKey(site))).length,
  }
}

async function onlyDirectory(read: Tools['read']): Promise<string> {
  const path = '/v2/orgs/{orgId}/directories'
  const directories = await queryCursorPages<{ directoryId: string; name: string }>(
    { read },
    { api: 'organization', method: 'GET', path, query: { limit: 100 } },
  )
  const [directory, ...others] = directories
  if (directory !== undefined && others.length === 0) return directory.directoryId
  const names = directories.map(({ name, directoryId }) => `${name} (${directoryId})`).join(', ')
  throw new RemoteError({
    request: `GET ${path}`,
    code: directory === undefined ? 'NO_DIRECTORY' : 'SEVERAL_DIRECTORIES',
    detail: directory === undefined ? 'the key sees no directory' : `set directoryId to one of ${names}`,
    effect: 'refused',
  })
}

/** `GET /_edge/tenant_info` of a site answers `{cloudId}` to anybody (reference 2.1). */
async function tenantOf(site: Site, budget: Budget, options: SendOptions): Promise<string> {
  const request = 'GET /_edge/tenant_info'
  const url = new URL(`${trimmed(site.url)}/_edge/tenant_info`)
  const outgoing = { url, method: 'GET', headers: { accept: 'application/json' } } as const
  const answer = await send({ request, site: site.name, write: false, outgoing, budget, secrets: [] }, options)
  const cloudId = typeof answer === 'object' && answer !== null && 'cloudId' in answer ? answer.cloudId : undefined
  if (typeof cloudId === 'string' && cloudId !== '') return cloudId
  throw new RemoteError({ request, code: 'NO_CLOUD_ID', detail: 'the answer names no cloudId', effect: 'refused' })
}
