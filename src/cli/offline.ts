import { isError, type Diagnostic } from '../core/diagnostic.ts'
import type { Directory, Unread } from '../core/directory.ts'
import type { Declaration } from '../core/manifest.ts'
import { reconcile } from '../core/reconcile.ts'
import { RemoteError } from '../core/remote-error.ts'
import { kinds } from '../kinds/index.ts'
import { byOrganization } from '../run/organizations.ts'

/**
 * What can be said of a declaration without asking Atlassian: schemas, rules, duplicates, references between manifests,
 * ends of entries. It is a pass in which every read is refused, without the complaints about that.
 */
export async function checkOffline(declaration: Declaration, nowMs: number): Promise<readonly Diagnostic[]> {
  const { estates, diagnostics } = byOrganization(declaration)
  const inOrganizations = estates.length > 0 ? estates.map((estate) => estate.declaration) : [declaration]
  const checked = await Promise.all(inOrganizations.map((each) => check(each, nowMs)))
  const unique = new Map([...diagnostics, ...checked.flat()].map((each) => [identity(each), each]))
  return [...unique.values()].filter(({ code }) => code !== 'IDENTITIES_UNREAD' && code !== 'CATALOGUE_UNREAD')
}

const identity = ({ code, message, origin }: Diagnostic): string => JSON.stringify([code, message, origin])

async function check(declaration: Declaration, nowMs: number): Promise<readonly Diagnostic[]> {
  const nothing = { calls: 0, exact: true }
  const surroundings = {
    kinds,
    reader: { read: () => Promise.reject(new RemoteError(offline)) },
    loadDirectory: async () => unreadDirectory,
    forecastDirectory: () => nothing,
    readsMade: () => 0,
    policies: () => [],
    approvals: { has: () => false },
    ledger: new Map(),
    nowMs,
    covers: () => true,
  }
  const { survey } = await reconcile(declaration, surroundings, async () => undefined)
  return survey.diagnostics
}

const offline = { request: 'any request', detail: 'nothing is asked offline', effect: 'refused' } as const
const unread: Unread = { code: 'UNAVAILABLE', message: 'nothing is asked offline' }

const unreadDirectory: Directory = {
  accounts: [],
  counts: {},
  groups: [],
  provisioningMethod: 'SCIM',
  unread: { accounts: unread, groups: unread, provisioning: unread },
  account: () => undefined,
  accountById: () => undefined,
  group: () => undefined,
  groupById: () => undefined,
  members: () => unread,
  groupNames: [],
  defaultGroups: new Map(),
}

/** `3 errors, 1 warning` */
export function tally(diagnostics: readonly Diagnostic[]): { readonly errors: number; readonly warnings: number } {
  const errors = diagnostics.filter(isError).length
  return { errors, warnings: diagnostics.length - errors }
}
