import type { Api } from './exchange.ts'
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

/**
 * Which API answers a path. The origin plays api.atlassian.com; `/sites/{name}` plays a site, and so does the root for
 * the first site. Undefined: nobody.
 */
export function findTarget(state: WorldState, pathname: string): Target | undefined {
  const organization = /^\/(admin|scim|users|oauth)\//.exec(pathname)?.[1]
  if (organization !== undefined) return originTarget(pathname, organization)
  return gatewayTarget(state, pathname) ?? directTarget(state, pathname)
}

function gatewayTarget(state: WorldState, pathname: string): Target | undefined {
  const [, api, cloudId, rest] = /^\/ex\/(jira|confluence)\/([^/]+)(\/.*)$/.exec(pathname) ?? []
  const site = state.sites.find((candidate) => candidate.cloudId === cloudId)
  return site && rest !== undefined
    ? siteTarget(site, rest, { prefix: `/ex/${api}/${cloudId}`, gateway: true })
    : undefined
}

function directTarget(state: WorldState, pathname: string): Target | undefined {
  const [, name, below = pathname] = /^\/sites\/([^/]+)(\/.*)$/.exec(pathname) ?? []
  const site = name === undefined ? state.sites[0] : state.sites.find((candidate) => candidate.name === name)
  return site && siteTarget(site, below, { prefix: name === undefined ? '' : `/sites/${name}`, gateway: false })
}

function originTarget(pathname: string, first: string): Target | undefined {
  const target = { path: pathname, prefix: '', gateway: false }
  if (first === 'scim') return { api: 'scim', ...target }
  if (first === 'oauth') return { api: 'oauth', ...target }
  if (first === 'users') return { api: 'user-management', ...target }
  if (pathname.startsWith('/admin/control/')) return { api: 'control', ...target }
  return { api: 'organization', path: pathname.slice('/admin'.length), prefix: '/admin', gateway: false }
}

/** Jira answers the same below version 2, 3 and `latest`. */
function siteTarget(site: Site, path: string, place: { prefix: string; gateway: boolean }): Target | undefined {
  const jira = /^\/rest\/api\/(?:2|3|latest)(\/.*)$/.exec(path)?.[1]
  if (jira !== undefined) return site.jira && { api: 'jira', path: `/rest/api/3${jira}`, site, ...place }
  if (path.startsWith('/wiki/')) return site.confluence && { api: 'confluence', path, site, ...place }
  return path.startsWith('/_edge/') ? { api: 'site', path, site, ...place } : undefined
}
