import type { Account, Directory, Group, Unread } from '../core/directory.ts'
import type { DeclaredObject, Demand, ExpandContext } from '../core/kind.ts'
import { normalEmail, normalName } from '../core/principal.ts'

/** For tests: an estate in a few words. Accounts are `ana` with the e-mail `ana@x.io` and the id `id-ana`. */
export interface DirectorySketch {
  readonly accounts?: Readonly<Record<string, Partial<Account>>>
  /** By name; the id is `g-<name>`. `members` are names of accounts. */
  readonly groups?: Readonly<Record<string, Partial<Group> & { readonly members?: readonly string[] }>>
  /** Group name by product. */
  readonly defaultGroups?: Readonly<Record<string, string>>
  readonly provisioningMethod?: Directory['provisioningMethod']
  readonly provisionsGroups?: boolean
  /** Messages by e-mail or group name. */
  readonly changed?: Readonly<Record<string, string>>
  readonly unread?: Directory['unread']
  readonly formerEmails?: Readonly<Record<string, string>>
  readonly authenticationPolicies?: Directory['authenticationPolicies']
}

export function sketchDirectory(sketch: DirectorySketch): Directory {
  const accounts = Object.entries(sketch.accounts ?? {}).map(([name, given]) => sketchAccount(name, given))
  const groups = Object.entries(sketch.groups ?? {}).map(([name, { members: _members, ...given }]) =>
    sketchGroup(name, given),
  )
  const group = (name: string) => groups.find((each) => normalName(each.name) === normalName(name))
  return {
    accounts,
    groups,
    counts: {},
    provisioningMethod: sketch.provisioningMethod ?? 'Invite',
    unread: sketch.unread ?? {},
    account: (email) =>
      accounts.find((each) => each.email === normalEmail(email)) ??
      accounts.find((each) => each.email === sketch.formerEmails?.[normalEmail(email)]),
    accountById: (id) => accounts.find(({ accountId }) => accountId === id),
    group,
    groupById: (id) => groups.find(({ groupId }) => groupId === id),
    members: (groupId): readonly Account[] | Unread => {
      const names = sketch.groups?.[groupId.replace(/^g-/, '')]?.members
      if (!names) return { code: 'INCOMPLETE', message: 'the members were not read' }
      return names.map((name) => accounts.find(({ accountId }) => accountId === `id-${name}`)!)
    },
    groupNames: groups.map(({ name }) => name),
    provisionsGroups: sketch.provisionsGroups ?? false,
    changed: (name) => sketch.changed?.[name],
    siteUrls: new Map([['acme', 'https://acme.atlassian.net']]),
    authenticationPolicies: sketch.authenticationPolicies ?? new Map(),
    defaultGroups: new Map(
      Object.entries(sketch.defaultGroups ?? {}).map(([product, name]) => [product, group(name)!]),
    ),
  }
}

const sketchAccount = (name: string, given: Partial<Account>): Account => ({
  accountId: `id-${name}`,
  email: `${name}@x.io`,
  name,
  type: 'atlassian',
  status: 'active',
  managed: true,
  platformRoles: [],
  groupIds: new Set(),
  ...given,
})

const sketchGroup = (name: string, given: Partial<Group>): Group => ({
  groupId: `g-${name}`,
  name,
  managedBy: 'admins',
  deletable: true,
  defaultFor: [],
  ...given,
})

/** What `expand` looks at, with nothing promised and no siblings. */
export const sketchContext = <Spec>(
  directory: Directory,
  siblings: ReadonlyMap<string, DeclaredObject<Spec>> = new Map(),
): ExpandContext<Spec, undefined> => ({
  directory,
  promised: { emails: new Set(), emailByManifest: new Map(), groups: new Map() },
  catalogue: undefined,
  siblings,
  peers: [...siblings.values()],
  nowMs: Date.parse('2026-06-01T00:00:00Z'),
})

/** A demand in words, for comparing. */
export const shownDemand = ({ claims, entries, diagnostics, unclaimed }: Demand) => ({
  claims: claims.map(({ scope, authority }) => `${authority} ${scope.kind}/${scope.key}`),
  entries: entries.map(
    ({ resource, notes = [] }) =>
      [`${resource.scope.kind}/${resource.scope.key} ${resource.key}`, resource.fields, ...notes] as readonly unknown[],
  ),
  problems: diagnostics.map(({ code, severity, path = [] }) => `${severity} ${code} ${path.join('.')}`),
  ...(unclaimed && { unclaimed }),
})

/** The parts of a demand that a test speaks of. A part is compared whole: a field too many is a mistake. */
export function partsOf(demand: Demand, expected: object) {
  return Object.fromEntries(Object.entries(shownDemand(demand)).filter(([part]) => part in expected))
}
