import type { Api } from './exchange.ts'
import { hostOf, type Host } from './hosts.ts'
import type { Site, WorldState } from './world-state.ts'

/** The API that a request is for. */
export interface Target {
  readonly api: Api
  /** The path as the API's description writes it. */
  readonly path: string
  readonly site?: Site
  /** What stands before `path`. */
  readonly prefix: string
  /** True below `api.atlassian.com/ex`: scoped tokens and bearers are for there, classic tokens for the site. */
  readonly gateway: boolean
}

interface OwnPath {
  readonly host: 'api' | 'auth'
  readonly path: RegExp
  readonly api: Api
  /** Stands before the path that the API's description writes. */
  readonly prefix: string
}

/** Paths of the hosts that are no site. The first that fits counts. */
const ownPaths: readonly OwnPath[] = [
  { host: 'api', path: /^\/admin\/control\//, api: 'control', prefix: '' },
  { host: 'api', path: /^\/admin\/api-access\//, api: 'api-access', prefix: '' },
  { host: 'api', path: /^\/admin\//, api: 'organization', prefix: '/admin' },
  { host: 'api', path: /^\/scim\//, api: 'scim', prefix: '' },
  { host: 'api', path: /^\/users\//, api: 'user-management', prefix: '' },
  { host: 'api', path: /^\/oauth\/token\/accessible-resources\/?$/, api: 'oauth', prefix: '' },
  { host: 'auth', path: /^\/(?:oauth\/token|authorize)\/?$/, api: 'oauth', prefix: '' },
]

/**
 * Which API answers a request. Atlassian's own names lead where they lead at Atlassian. Any other name plays
 * api.atlassian.com and auth.atlassian.com at once, a site below `/sites/{name}`, and the first site at the root.
 * Undefined: nobody.
 */
export function findTarget(state: WorldState, { hostname, pathname }: URL): Target | undefined {
  const host = hostOf(hostname)
  if (host.kind === 'site') {
    const site = siteNamed(state, host.name)
    return site && siteTarget(site, pathname, { prefix: '', gateway: false })
  }
  const own = ownTarget(host.kind, pathname)
  if (own || host.kind === 'auth') return own
  return gatewayTarget(state, pathname) ?? (host.kind === 'any' ? directTarget(state, pathname) : undefined)
}

/** Whether the request names a site of Atlassian's that the world does not have. */
export function namesMissingSite(state: WorldState, { hostname }: URL): boolean {
  const host = hostOf(hostname)
  return host.kind === 'site' && siteNamed(state, host.name) === undefined
}

function ownTarget(host: Exclude<Host['kind'], 'site'>, pathname: string): Target | undefined {
  const found = ownPaths.find((own) => (host === 'any' || own.host === host) && own.path.test(pathname))
  return found && { api: found.api, path: pathname.slice(found.prefix.length), prefix: found.prefix, gateway: false }
}

function gatewayTarget(state: WorldState, pathname: string): Target | undefined {
  const [, api, cloudId, rest] = /^\/ex\/(jira|confluence)\/([^/]+)(\/.*)$/.exec(pathname) ?? []
  const site = state.sites.find((candidate) => candidate.cloudId === cloudId)
  if (!site || rest === undefined) return undefined
  const target = siteTarget(site, rest, { prefix: `/ex/${api}/${cloudId}`, gateway: true })
  return target?.api === api ? target : undefined
}

function directTarget(state: WorldState, pathname: string): Target | undefined {
  const [, name, below = pathname] = /^\/sites\/([^/]+)(\/.*)$/.exec(pathname) ?? []
  const site = name === undefined ? state.sites[0] : siteNamed(state, name)
  return site && siteTarget(site, below, { prefix: name === undefined ? '' : `/sites/${name}`, gateway: false })
}

/** Host names do not tell upper case from lower. */
function siteNamed(state: WorldState, name: string): Site | undefined {
  return state.sites.find((site) => site.name.toLowerCase() === name.toLowerCase())
}

/** Jira answers the same below version 2, 3 and `latest`. */
function siteTarget(site: Site, path: string, place: { prefix: string; gateway: boolean }): Target | undefined {
  const jira = /^\/rest\/api\/(?:2|3|latest)(\/.*)$/.exec(path)?.[1]
  if (jira !== undefined) return site.jira && { api: 'jira', path: `/rest/api/3${jira}`, site, ...place }
  if (path.startsWith('/wiki/')) return site.confluence && { api: 'confluence', path, site, ...place }
  return path.startsWith('/_edge/') ? { api: 'site', path, site, ...place } : undefined
}
