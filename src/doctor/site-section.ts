import { createBudget } from '../atlassian/budget.ts'
import { createLookUps } from '../atlassian/look-ups.ts'
import type { Site } from '../atlassian/transport.ts'
import type { Account } from '../core/directory.ts'
import { normalEmail } from '../core/principal.ts'
import { attempt, failed, ok, remedyOf, skipped, warning, type Check, type Section } from './check.ts'
import { organizationAdmin } from './directory-section.ts'
import { specsOf, type Patient, type SiteUnderTest } from './patient.ts'
import { accessChecks } from './site-access.ts'
import { scopeChecks } from './site-scopes.ts'
import { tokenCheck, type Myself } from './site-token.ts'

/** One site: is it there, is the credential taken, and may it do what is declared. */
export async function siteSection(
  patient: Patient,
  site: Site,
  accounts: readonly Account[] | undefined,
): Promise<Section> {
  const title = `Site ${site.name}`
  const { check: reachable, cloudId } = await reach(patient, site)
  const credential = patient.connected.connection.credentials.sites.get(site.name)
  const rest = ['token', 'own-account', 'jira-permissions', 'confluence-mode']
  const skipAll = (because: string): Section => ({
    title,
    checks: [reachable, ...rest.map((name) => skipped(name, because))],
  })
  if (cloudId === undefined) return skipAll('the site is not reached')
  if (!credential) return skipAll('there is no credential for the site')
  const on = (kind: string): boolean => specsOf<{ site: string }>(patient, kind).some((each) => each.site === site.name)
  const wants = { wantsJira: on('JiraRoleBinding'), wantsConfluence: on('ConfluenceSpaceGrant') }
  const tested: SiteUnderTest = { site, credential, cloudId, ...wants }
  const { check, myself } = await tokenCheck(patient, tested)
  const scopes = await scopeChecks(patient, tested)
  if (!myself) {
    const because = 'the credential is not accepted'
    return { title, checks: [reachable, check, ...scopes, ...rest.slice(1).map((name) => skipped(name, because))] }
  }
  const own = ownCheck(patient, myself, accounts)
  return { title, checks: [reachable, check, ...scopes, own, ...(await accessChecks(patient, tested))] }
}

interface Reached {
  readonly check: Check
  /** Undefined where nothing more can be asked of the site. */
  readonly cloudId?: string
}

async function reach(patient: Patient, { cloudId: declared, ...site }: Site): Promise<Reached> {
  const name = 'reachable'
  const found = await attempt(() => cloudIdOf(patient, site))
  if ('code' in found) {
    const remedy = remedyOf(found, 'correct the url of the site in spec.sites')
    return { check: failed(name, `${site.url}: ${found.message}`, remedy) }
  }
  const cloudId = found.value
  if (declared === undefined || declared === cloudId)
    return { check: ok(name, `${site.url}, cloud id ${cloudId}`), cloudId }
  const message = `${site.url} has the cloud id ${cloudId}, and ${declared} is declared`
  return { check: failed(name, message, 'correct cloudId or url in spec.sites, or leave cloudId out') }
}

/** Asks the site even where the manifest tells the id. @throws RemoteError */
function cloudIdOf({ transportOptions }: Patient, site: Omit<Site, 'cloudId'>): Promise<string> {
  const { clock, random, timeoutMs = 10_000, dispatcher, onCall = () => {} } = transportOptions
  const read = () => Promise.reject(new Error('a site is asked without the reader'))
  const sendOptions = { clock, random, timeoutMs, dispatcher: dispatcher!, onTry: onCall }
  const tools = { read, sendOptions, budgetOf: () => createBudget({ clock, concurrency: 1 }) }
  return createLookUps({ sites: [site], credentials: { sites: new Map() } }, tools).cloudId(site)
}

/** Roster must not take its own access away. */
function ownCheck({ spec }: Patient, myself: Myself, accounts: readonly Account[] | undefined): Check {
  const name = 'own-account'
  const { email, who } = identityOf(myself, accounts)
  const kept = spec.guardrails?.protected?.emails.map(normalEmail) ?? []
  if (kept.includes(email)) return ok(name, `${who}: protected`)
  return warning(
    name,
    `${who}: not among guardrails.protected.emails`,
    'add it there, so that no run takes away the access that Roster works with',
  )
}

/** The organization knows the e-mail also where Jira hides it. */
function identityOf({ accountId, displayName, emailAddress }: Myself, accounts: readonly Account[] = []) {
  const account = accounts.find((each) => each.accountId === accountId)
  const email = normalEmail(account?.email ?? emailAddress ?? '')
  const roles = account?.platformRoles.includes(organizationAdmin) ? ', an organization admin' : ''
  return { email, who: `${displayName ?? 'an account'} <${email || 'e-mail hidden'}>${roles}` }
}
