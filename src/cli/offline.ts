import type { ReachOf } from '../core/delegation.ts'
import { absences, isError, type Diagnostic, type DiagnosticCode } from '../core/diagnostic.ts'
import type { Directory, Unread } from '../core/directory.ts'
import type { Declaration } from '../core/manifest.ts'
import { located, promises, type Declared } from '../core/declare.ts'
import { reconcile } from '../core/reconcile.ts'
import { RemoteError } from '../core/remote-error.ts'
import { resolveAccount, type Subject } from '../core/subject.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { kinds } from '../kinds/index.ts'
import { reachOf } from '../run/delegations.ts'
import { byOrganization } from '../run/organizations.ts'

/** What only live state can tell: offline these are complaints about having asked nobody. */
const live: readonly DiagnosticCode[] = [...absences, 'AMBIGUOUS', 'NOT_WRITABLE', 'WRONG_MODE']

/**
 * What can be said of a declaration without asking Atlassian: schemas, rules, duplicates, references between manifests,
 * ends of entries. It is a pass in which every read is refused, without the complaints about that.
 */
export async function checkOffline(
  declaration: Declaration,
  nowMs: number,
  cwd: string,
): Promise<readonly Diagnostic[]> {
  const { estates, diagnostics } = byOrganization(declaration)
  const inOrganizations = estates.length > 0 ? estates.map((estate) => estate.declaration) : [declaration]
  const checked = await Promise.all(inOrganizations.map((each) => check(each, nowMs, cwd)))
  const unique = new Map([...diagnostics, ...checked.flat()].map((each) => [identity(each), each]))
  return [...unique.values()].filter(({ code }) => !live.includes(code))
}

const identity = ({ code, message, origin }: Diagnostic): string => JSON.stringify([code, message, origin])

async function check(declaration: Declaration, nowMs: number, cwd: string): Promise<readonly Diagnostic[]> {
  const nothing = { calls: 0, exact: true }
  const surroundings = {
    kinds,
    reader: { read: () => Promise.reject(new RemoteError(offline)) },
    loadDirectory: async () => ({ ...unreadDirectory, ...declaredFacts(declaration) }),
    forecastDirectory: () => nothing,
    readsMade: () => 0,
    policies: () => [],
    approvals: { has: () => false },
    ledger: new Map(),
    nowMs,
    covers: () => true,
    ...homeOf(declaration),
    ...delegatedReach(declaration, cwd),
  }
  const { survey } = await reconcile(declaration, surroundings, async () => undefined)
  return [...survey.diagnostics, ...unknownReferences(survey.declared)]
}

/** The names that the organization's own namespace gives are in sight everywhere. */
function homeOf({ manifests }: Declaration): { readonly home?: string } {
  const home = manifests.find(({ kind }) => kind === 'AtlassianOrganization')?.namespace
  return home === undefined ? {} : { home }
}

/** Without an organization nothing is delegated: that one is missing is told anyway. */
function delegatedReach({ manifests }: Declaration, cwd: string): { readonly reachOf?: ReachOf } {
  const organization = manifests.find(({ kind }) => kind === 'AtlassianOrganization')
  const parsed = organization && kinds.get(organization.kind)!.parse(organization)
  if (!organization || !parsed || 'problems' in parsed) return {}
  return { reachOf: reachOf(parsed.spec as AtlassianOrganizationSpec, organization, { cwd }) }
}

/** What the organization's own manifest says of it. */
function declaredFacts({ manifests }: Declaration): Pick<Directory, 'authenticationPolicies' | 'siteUrls'> {
  const parsed = manifests
    .filter(({ kind }) => kind === 'AtlassianOrganization')
    .map((manifest) => kinds.get(manifest.kind)!.parse(manifest))
  const specs = parsed.flatMap((each) => ('spec' in each ? [each.spec as AtlassianOrganizationSpec] : []))
  return {
    authenticationPolicies: new Map(
      specs.flatMap((spec) => spec.authenticationPolicies.map((policy) => [policy.name, policy])),
    ),
    siteUrls: new Map(specs.flatMap((spec) => spec.sites.map(({ name, url }) => [name, url]))),
  }
}

const offline = { request: 'any request', detail: 'nothing is asked offline', effect: 'refused' } as const
const unread: Unread = { code: 'UNAVAILABLE', message: 'nothing is asked offline' }

const unreadDirectory: Directory = {
  accounts: [],
  counts: {},
  groups: [],
  provisioningMethod: 'SCIM',
  unread: { accounts: unread, provisioning: unread },
  account: () => undefined,
  accountById: () => undefined,
  // kinds look no further where their group is not known
  group: (name) => ({ groupId: `offline:${name}`, name, managedBy: 'admins', deletable: true, defaultFor: [] }),
  groupById: () => undefined,
  members: () => unread,
  groupNames: [],
  defaultGroups: new Map(),
  authenticationPolicies: new Map(),
  siteUrls: new Map(),
  changed: () => undefined,
  provisionsGroups: true,
}

/** Kinds that know neither project nor space look no further either; whom their subjects mean can be told without. */
function unknownReferences(declared: Declared): readonly Diagnostic[] {
  const home = declared.objects.get('AtlassianOrganization')?.[0]?.manifest.namespace
  const { promisedTo } = promises(declared, kinds, home)
  return [...declared.objects.values()].flat().flatMap(({ manifest, spec }) =>
    subjectsOf(spec).flatMap((subject, index) => {
      if (subject.user === undefined) return []
      const context = { directory: unreadDirectory, promised: promisedTo(manifest) }
      const found = resolveAccount(subject, context, ['spec', 'subjects', index])
      return 'problem' in found ? located(found.problem, manifest) : []
    }),
  )
}

const subjectsOf = (spec: unknown): readonly Subject[] =>
  typeof spec === 'object' && spec !== null && 'subjects' in spec ? (spec.subjects as readonly Subject[]) : []

/** `3 errors, 1 warning` */
export function tally(diagnostics: readonly Diagnostic[]): { readonly errors: number; readonly warnings: number } {
  const errors = diagnostics.filter(isError).length
  return { errors, warnings: diagnostics.length - errors }
}
