import { accessibleSites } from '../atlassian/oauth-login.ts'
import { siteScopes } from '../atlassian/oauth-scopes.ts'
import { attempt, failed, ok, remedyOf, skipped, type Check } from './check.ts'
import type { Patient, SiteUnderTest } from './patient.ts'

/** What opens all of Jira that Roster calls where an app has classic scopes (reference 2.6). Confluence v2 has none. */
const classicJira = ['read:jira-user', 'read:jira-work', 'manage:jira-configuration', 'manage:jira-project']

/** The scopes of an access token against those that the declared kinds need. An API token does not tell its scopes. */
export async function scopeChecks(patient: Patient, tested: SiteUnderTest): Promise<readonly Check[]> {
  const { credential, site, cloudId } = tested
  if (credential.kind !== 'oauth') return []
  const name = 'oauth-site'
  const { transportOptions } = patient
  const found = await attempt(async () =>
    accessibleSites(await credential.session.accessToken(), {
      endpoints: transportOptions.endpoints,
      clock: transportOptions.clock,
      random: transportOptions.random,
      dispatcher: transportOptions.dispatcher!,
    }),
  )
  if ('code' in found) {
    const remedy = remedyOf(found, `roster login --site ${site.name}, or check the client id and its secret`)
    return [failed(name, found.message, remedy), skipped('scopes', 'no access token tells its sites')]
  }
  const listed = found.value.find((each) => each.cloudId === cloudId)
  if (!listed) {
    const all = found.value.map(({ url }) => url).join(', ') || 'none'
    const remedy = `agree for this site: roster login --site ${site.name}`
    return [failed(name, `the token is for other sites: ${all}`, remedy), skipped('scopes', 'the site is not listed')]
  }
  return [ok(name, `the token is for ${listed.url}`), ...scopesOf(listed.scopes, tested)]
}

function scopesOf(held: readonly string[], { wantsJira, wantsConfluence }: SiteUnderTest): readonly Check[] {
  const classic = classicJira.every((scope) => held.includes(scope))
  const jira = classic ? [] : siteScopes.filter((scope) => scope.endsWith(':jira'))
  const confluence = siteScopes.filter((scope) => scope.endsWith(':confluence'))
  return [
    ...(wantsJira ? [neededScopes('JiraRoleBinding', jira, held)] : []),
    ...(wantsConfluence ? [neededScopes('ConfluenceSpaceGrant', confluence, held)] : []),
  ]
}

function neededScopes(kind: string, needed: readonly string[], held: readonly string[]): Check {
  const missing = needed.filter((scope) => !held.includes(scope))
  if (missing.length === 0) return ok('scopes', `${kind}: every scope is there`)
  const remedy = 'add them to the app at developer.atlassian.com and agree again with roster login'
  return failed(
    'scopes',
    `${kind}: ${missing.length} of ${needed.length} scopes are missing: ${missing.join(', ')}`,
    remedy,
  )
}
