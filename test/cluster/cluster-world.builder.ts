import { parseWorldSeed, type WorldSeed } from '../../src/sandbox/world-seed.ts'

/** One organization on one site, the same shape in every size. Person 0 owns the token and sees everything. */
export interface WorldSizes {
  readonly people: number
  readonly groups: number
  readonly projects: number
  readonly spaces: number
}

export const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

export const email = (index: number): string => `p${index}@x.io`
export const groupName = (index: number): string => `group-${index}`
export const projectKey = (index: number): string => `P${index}`
const spaceKey = (index: number): string => `S${index}`
export const roles = ['Administrators', 'Developers', 'Viewers']
export const accountId = (index: number): string => `712020:${index}`

/** Nobody is in a group, and everything is held by person 0. */
export function worldOf({ people, groups, projects, spaces }: WorldSizes, name = 'acme'): WorldSeed {
  return parseWorldSeed(
    JSON.stringify({
      organization: {
        id: `${name}-id`,
        name,
        directory: { id: `${name}-directory`, name: 'Primary' },
        verifiedDomains: ['x.io'],
      },
      credentials: {
        organizationApiKeys: [{ name: 'roster', key: keyOf(name) }],
        apiTokens: [{ name: 'roster', email: email(0), token: keyOf(name) }],
      },
      sites: [{ name, cloudId: `${name}-cloud`, products: [], jira: jira(projects), confluence: confluence(spaces) }],
      accounts: numbers(people).map((index) => ({
        id: accountId(index),
        email: email(index),
        name: `Person ${index}`,
        ...(index === 0 && { platformRoles: ['atlassian/site-admin'] }),
      })),
      groups: numbers(groups).map((index) => ({ id: `g${index}`, name: groupName(index), members: [email(0)] })),
    }),
  )
}

const jira = (projects: number) => ({
  roles: roles.map((role, index) => ({ id: 10_001 + index, name: role })),
  projects: numbers(projects).map((index) => ({
    id: `${index}`,
    key: projectKey(index),
    name: `Project ${index}`,
    roles: Object.fromEntries(roles.map((role) => [role, { users: [email(0)] }])),
  })),
})

const confluence = (spaces: number) => ({
  mode: 'ROLES',
  roles: [
    { id: 'admin', name: 'Admin', type: 'SYSTEM', permissions: ['read/space', 'administer/space'] },
    { id: 'viewer', name: 'Viewer', type: 'SYSTEM', permissions: ['read/space'] },
  ],
  spaces: numbers(spaces).map((index) => ({
    id: `${index}`,
    key: spaceKey(index),
    name: `Space ${index}`,
    access: [{ user: email(0), role: 'Admin' }],
  })),
})

/** Of the organization and of the API token. */
export const keyOf = (name: string): string => `key-of-${name}`

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: Readonly<Record<string, unknown>>
}

export const manifest = (
  kind: string,
  name: string,
  spec: Readonly<Record<string, unknown>>,
  namespace = 'platform',
): Manifest => ({ apiVersion: 'roster.dev/v1alpha1', kind, metadata: { name, namespace }, spec })

export function organization(more: Readonly<Record<string, unknown>> = {}, name = 'acme', namespace = 'platform') {
  const valueFrom = { secretKeyRef: { name, key: 'key' } }
  return manifest(
    'AtlassianOrganization',
    name,
    {
      organizationId: `${name}-id`,
      directoryId: `${name}-directory`,
      sites: [{ name, url: `https://${name}.atlassian.net` }],
      provisioning: { method: 'Invite' },
      credentials: { organization: { valueFrom }, sites: [{ site: name, apiToken: { email: email(0), valueFrom } }] },
      ...more,
    },
    namespace,
  )
}

export const secret = (name = 'acme', namespace = 'platform', key = keyOf(name)) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  stringData: { key },
})

export const namespaceNamed = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
})

export const membership = (name: string, group: string, people: readonly number[], more: object = {}): Manifest =>
  manifest('AtlassianGroupMembership', name, {
    group,
    authority: 'Additive',
    members: people.map((index) => ({ email: email(index) })),
    ...more,
  })

export interface Subject {
  readonly group?: string
  readonly email?: string
}

export const roleBinding = (name: string, project: number, role: string, subjects: readonly Subject[]): Manifest =>
  manifest('JiraRoleBinding', name, {
    site: 'acme',
    projects: { keys: [projectKey(project)] },
    role,
    authority: 'Additive',
    subjects,
  })

export const spaceGrant = (name: string, space: number, subjects: readonly Subject[]): Manifest =>
  manifest('ConfluenceSpaceGrant', name, {
    site: 'acme',
    spaces: { keys: [spaceKey(space)] },
    role: subjects.some(({ email }) => email !== undefined) ? 'Admin' : 'Viewer',
    authority: 'Additive',
    subjects,
  })

/** For `kubectl apply -f -`. */
export const list = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
