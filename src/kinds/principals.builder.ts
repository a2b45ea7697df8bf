import type { Account, Directory, Group } from '../core/directory.ts'
import type { Manifest } from '../core/manifest.ts'
import { normalEmail, normalName } from '../core/principal.ts'

/** For tests: `{ 'ana@acme.com': 'a1' }`, and apps by id. */
export interface People {
  readonly accounts?: Readonly<Record<string, string>>
  readonly apps?: readonly string[]
  readonly groups?: Readonly<Record<string, string>>
}

export function buildDirectory({ accounts = {}, apps = [], groups = {} }: People): Directory {
  const base = { status: 'active', managed: true, platformRoles: [], groupIds: new Set<string>() } as const
  const people: Account[] = [
    ...Object.entries(accounts).map(([email, accountId]) => ({
      ...base,
      accountId,
      email,
      name: email,
      type: 'atlassian',
    })),
    ...apps.map((accountId) => ({ ...base, accountId, name: accountId, type: 'app' })),
  ]
  const teams: Group[] = Object.entries(groups).map(([name, groupId]) => ({
    groupId,
    name,
    managedBy: 'admins',
    deletable: true,
    defaultFor: [],
  }))
  return {
    accounts: people,
    groups: teams,
    counts: {},
    provisioningMethod: 'Invite',
    unread: {},
    account: (email) => people.find((each) => each.email === normalEmail(email)),
    accountById: (id) => people.find(({ accountId }) => accountId === id),
    group: (name) => teams.find((each) => normalName(each.name) === normalName(name)),
    groupById: (id) => teams.find(({ groupId }) => groupId === id),
    members: () => [],
    groupNames: teams.map(({ name }) => name),
    defaultGroups: new Map(),
    authenticationPolicies: new Map(),
    siteUrls: new Map(),
    changed: () => undefined,
    provisionsGroups: false,
  }
}

export const nobodyPromised = {
  emails: new Set<string>(),
  emailByManifest: new Map<string, string>(),
  groups: new Map<string, string>(),
}

export function buildManifest(kind: string, spec: unknown, retired = false): Manifest {
  const origin = { file: 'access.yaml', line: 1, column: 1 }
  return { apiVersion: 'roster.dev/v1alpha1', kind, name: 'one', spec, origin, locate: () => origin, retired }
}
