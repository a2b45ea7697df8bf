import type { IdentityNeeds } from '../core/directory.ts'
import type { ApiRequest, Reader } from '../core/ports.ts'
import { RemoteError } from '../core/remote-error.ts'
import type { DirectoryOptions } from './directory.ts'

type Row = Readonly<Record<string, unknown>>

/** What the organization has, in the shapes of the specs. */
export interface OrganizationRows {
  readonly users: readonly Row[]
  readonly groups: readonly Row[]
  readonly scimUsers?: readonly Row[]
  readonly applicationRoles?: readonly Row[]
  /** By group id. */
  readonly roleAssignments?: Readonly<Record<string, readonly Row[]>>
  /** Path templates that are answered with this status. */
  readonly failing?: Readonly<Record<string, number>>
}

export interface OrganizationReader extends Reader {
  readonly asked: readonly ApiRequest[]
}

/** Answers the reads of a directory from rows. */
export function organizationReader(rows: OrganizationRows): OrganizationReader {
  const asked: ApiRequest[] = []
  return {
    asked,
    read: async <Body>(request: ApiRequest) => {
      asked.push(request)
      const status = rows.failing?.[request.path]
      if (status !== undefined) {
        throw new RemoteError({ request: `${request.method} ${request.path}`, status, effect: 'refused' })
      }
      return answer(request, rows) as Body
    },
  }
}

function answer(request: ApiRequest, rows: OrganizationRows): unknown {
  const found = Object.keys(answers).find((end) => request.path.endsWith(end))
  if (found === undefined) throw new Error(`not expected: ${request.path}`)
  return answers[found]!(request, rows)
}

const answers: Readonly<Record<string, (request: ApiRequest, rows: OrganizationRows) => unknown>> = {
  '/users/search': (request, { users }) => page(request, users.filter(matches(request))),
  '/groups/search': (request, { groups }) => page(request, groups.filter(matches(request))),
  '/role-assignments': ({ params }, { roleAssignments }) => ({ data: roleAssignments?.[params!['groupId']!] ?? [] }),
  '/applicationrole': (_, { applicationRoles }) => applicationRoles ?? [],
  '/Users': ({ query }, { scimUsers }) => scimPage(scimUsers ?? [], Number(query?.['startIndex']), query?.['filter']),
}

/** The filters of the searches that a directory uses. */
function matches({ body }: ApiRequest): (row: Row) => boolean {
  const filter = body as Readonly<Record<string, readonly string[] | undefined>>
  const within = (name: string, values: readonly unknown[]): boolean =>
    filter[name] === undefined || values.some((value) => filter[name]!.includes(String(value)))
  // of a person the groups they are in, of a group its own id
  return ({ email, accountId, id: own, groups, name, resourceOwners }) =>
    within('emails', [email]) &&
    within('accountIds', [accountId]) &&
    within('groupIds', Array.isArray(groups) ? groups.map(({ id }: Row) => String(id).split('/').at(-1)) : [own]) &&
    within('groupNames', [String(name).toLowerCase()]) &&
    within('resourceOwners', Array.isArray(resourceOwners) ? resourceOwners : [])
}

function page({ body }: ApiRequest, rows: readonly Row[]): unknown {
  const { limit, cursor = '0' } = body as { limit: number; cursor?: string }
  const end = Number(cursor) + limit
  return { data: rows.slice(Number(cursor), end), links: end < rows.length ? { next: String(end) } : {} }
}

function scimPage(rows: readonly Row[], startIndex: number, filter: unknown): unknown {
  const found =
    typeof filter === 'string' ? rows.filter(({ userName }) => filter === `userName eq "${userName as string}"`) : rows
  return { totalResults: found.length, Resources: found.slice(startIndex - 1, startIndex + 99) }
}

export const user = (number: number, groupIds: readonly string[] = [], more: Row = {}): Row => ({
  accountId: `712020:${number}`,
  accountType: 'atlassian',
  status: 'active',
  name: `Person ${number}`,
  email: `Person${number}@Acme.com`,
  claimStatus: 'managed',
  groups: groupIds.map((id) => ({ id: `ari:cloud:identity::group/${id}`, name: id })),
  ...more,
})

export const group = (id: string, users: number, more: Row = {}): Row => ({
  id,
  name: `Group ${id}`,
  managedBy: 'admins',
  externalSynced: false,
  managementAccess: { deletable: true, modifiable: true, readable: true },
  counts: { users },
  ...more,
})

export const needs = (some: Partial<IdentityNeeds> = {}): IdentityNeeds => ({
  emails: new Set(),
  accountIds: new Set(),
  groupNames: new Set(),
  membersOf: new Set(),
  products: new Set(),
  formerEmails: new Map(),
  everyone: false,
  provisioning: false,
  ...some,
})

export const options = (reader: Reader, some: Partial<DirectoryOptions> = {}): DirectoryOptions => ({
  reader,
  known: {},
  declaredDefaultGroups: {},
  sites: ['acme'],
  provisioningMethod: 'SCIM',
  ...some,
})

export const people = (count: number, groupIds: (number: number) => readonly string[] = () => []): readonly Row[] =>
  Array.from({ length: count }, (_, number) => user(number, groupIds(number)))

export const numbered = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => `${prefix}${number}`)
