import { columns, few, printable } from '../report/terminal-text.ts'
import type { EstateItems } from './estate-items.ts'

export const estateParts = ['accounts', 'groups', 'projects', 'spaces', 'roles'] as const
export type EstatePartName = (typeof estateParts)[number]

type Rows = readonly (readonly string[])[]
type Listed = (names: readonly string[]) => string

/** One row for each thing that can be looked for with grep: a holder of a role in a project, a holder of a space. */
const rows: Readonly<Record<EstatePartName, (items: EstateItems, listed: Listed) => Rows>> = {
  accounts: ({ accounts }, listed) => [
    ['E-MAIL', 'NAME', 'STATUS', 'TYPE', 'MFA', 'MANAGED', 'ACCOUNT ID', 'GROUPS'],
    ...accounts.map(({ email, name, status, type, mfaEnabled, managed, accountId, groups }) => [
      email ?? '(hidden)',
      name,
      status,
      type,
      mfaEnabled === undefined ? '?' : yesNo(mfaEnabled),
      yesNo(managed),
      accountId,
      listed(groups),
    ]),
  ],
  groups: ({ groups }, listed) => [
    ['GROUP', 'MANAGED BY', 'DEFAULT FOR', 'MEMBERS', 'WHO'],
    ...groups.map(({ name, managedBy, defaultFor, members }) => [
      name,
      managedBy,
      listed(defaultFor),
      String(members.length),
      listed(members.map(({ title }) => title)),
    ]),
  ],
  projects: ({ projects }, listed) => [
    ['SITE', 'KEY', 'JIRA SPACE (PROJECT)', 'TYPE', 'MANAGED BY', 'ROLE', 'HOLDERS'],
    ...projects.flatMap(({ site, key, name, type, teamManaged, roles }) => {
      const project = [site, key, name, type, teamManaged ? 'team' : 'company']
      if (roles.length === 0) return [[...project, '-', '-']]
      return roles.map((role) => [...project, role.name, listed(role.holders.map(({ title }) => title))])
    }),
  ],
  spaces: ({ spaces }, listed) => [
    ['SITE', 'KEY', 'CONFLUENCE SPACE', 'TYPE', 'HOLDER', 'ACCESS'],
    ...spaces.flatMap(({ site, key, name, type, access }) => {
      if (access.length === 0) return [[site, key, name, type, '-', '-']]
      return access.map(({ title, role, permissions }) => {
        return [
          site,
          key,
          name,
          type,
          title,
          role === undefined ? `custom: ${listed(permissions ?? [])}` : `role ${role}`,
        ]
      })
    }),
  ],
  roles: ({ projects, spaces }) => [
    ['SITE', 'ROLE', 'OF', 'PLACES', 'HOLDERS'],
    ...tally([
      ...projects.flatMap(({ site, key, roles }) =>
        roles.map(({ name, holders }) => ({
          site,
          role: name,
          of: 'Jira spaces (projects)',
          place: key,
          holders: holders.length,
        })),
      ),
      ...spaces.flatMap(({ site, key, access }) =>
        access.map(({ role }) => ({
          site,
          role: role ?? '(custom access)',
          of: 'Confluence spaces',
          place: key,
          holders: 1,
        })),
      ),
    ]),
  ],
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no')

interface RoleUse {
  readonly site: string
  readonly role: string
  readonly of: string
  readonly place: string
  readonly holders: number
}

function tally(uses: readonly RoleUse[]): Rows {
  const groups = Map.groupBy(uses, ({ site, role, of }) => JSON.stringify([site, of, role]))
  return [...groups.values()].map((group) => {
    const { site, role, of } = group[0]!
    const holders = group.reduce((sum, each) => sum + each.holders, 0)
    return [site, role, of, String(new Set(group.map(({ place }) => place)).size), String(holders)]
  })
}

/** @param mostNames how many names one cell lists before it counts the others */
export function estateTable(items: EstateItems, parts: readonly EstatePartName[], mostNames: number): string {
  const listed: Listed = (names) => (names.length === 0 ? '-' : few(names, mostNames))
  const tables = parts.map((part) => {
    const aligned = columns(rows[part](items, listed).map((row) => row.map(printable)))
    return aligned.map((row) => row.join('  ').trimEnd()).join('\n')
  })
  return tables.join('\n\n')
}
