import { parseWorldSeed, type WorldSeed } from '../src/sandbox/world-seed.ts'

/** How large an organization of this shape is: one site, everything held through groups but for one person's roles. */
export interface ReferenceSizes {
  readonly users: number
  readonly groups: number
  readonly membersOfGroup: number
  readonly projects: number
  readonly spaces: number
  /** Groups with access to one space. */
  readonly rowsOfSpace: number
}

export const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

const roles = ['Administrators', 'Developers', 'Viewers']
const site = 'x'

/** Who is called what, and who holds what, for the world and for a declaration of it. */
export function referenceNames({ users, groups, membersOfGroup, rowsOfSpace }: ReferenceSizes) {
  const email = (index: number): string => `p${index % users}@x.io`
  const groupName = (index: number): string => `group-${index % groups}`
  return {
    email,
    groupName,
    membersOf: (group: number): readonly string[] => numbers(membersOfGroup).map((index) => email(group * 7 + index)),
    holdersOf: (space: number): readonly string[] => numbers(rowsOfSpace).map((index) => groupName(space + index)),
    projectKey: (index: number): string => `P${index}`,
    spaceKey: (index: number): string => `S${index}`,
    roles,
    site,
  }
}

/** The person of index 0 owns the token, and sees everything. */
export function referenceWorld(sizes: ReferenceSizes): WorldSeed {
  const { email, groupName, membersOf } = referenceNames(sizes)
  const account = (index: number) => ({
    id: `712020:${index}`,
    email: email(index),
    name: `Person ${index}`,
    status: 'active',
    ...(index === 0 ? { platformRoles: ['atlassian/site-admin'] } : {}),
  })
  const group = (index: number) => ({ id: `g${index}`, name: groupName(index), members: membersOf(index) })
  return parseWorldSeed(
    JSON.stringify({
      organization: { id: 'o', name: 'Reference', directory: { id: 'd', name: 'Primary' }, verifiedDomains: ['x.io'] },
      credentials: {
        organizationApiKeys: [{ name: 'bench', key: 'key' }],
        apiTokens: [{ name: 'bench', email: email(0), token: 'key' }],
      },
      sites: [{ name: site, cloudId: 'c', products: [], jira: jira(sizes), confluence: confluence(sizes) }],
      accounts: numbers(sizes.users).map(account),
      groups: numbers(sizes.groups).map(group),
    }),
  )
}

function jira(sizes: ReferenceSizes) {
  const { email, projectKey } = referenceNames(sizes)
  return {
    roles: roles.map((name, index) => ({ id: 10_001 + index, name })),
    projects: numbers(sizes.projects).map((index) => ({
      id: `${index}`,
      key: projectKey(index),
      name: `Project ${index}`,
      roles: Object.fromEntries(roles.map((role) => [role, { users: [email(0)] }])),
    })),
  }
}

function confluence(sizes: ReferenceSizes) {
  const { holdersOf, spaceKey } = referenceNames(sizes)
  return {
    mode: 'ROLES',
    roles: [{ id: 'r', name: 'Admin', type: 'SYSTEM', permissions: ['read/space', 'administer/space'] }],
    spaces: numbers(sizes.spaces).map((index) => ({
      id: `${index}`,
      key: spaceKey(index),
      name: `Space ${index}`,
      access: holdersOf(index).map((group) => ({ group, role: 'Admin' })),
    })),
  }
}
