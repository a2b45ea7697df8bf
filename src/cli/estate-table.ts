import { columns, few, printable } from '../report/terminal-text.ts'
import { accountRows, reconciliationBlocks, tokenBlocks, type Block, type Rows } from './estate-account-tables.ts'
import type { EstateItems } from './estate-items.ts'

export const estateParts = ['accounts', 'groups', 'projects', 'spaces', 'roles'] as const
export type EstatePartName = (typeof estateParts)[number] | 'tokens'

const ofProjects = 'Jira spaces (projects)'

type Listed = (names: readonly string[]) => string

/** One row for each thing that can be looked for with grep: a holder of a role in a project, a holder of a space. */
const rows: Readonly<Record<(typeof estateParts)[number], (items: EstateItems, listed: Listed) => Rows>> = {
  accounts: ({ accounts }, listed) => accountRows(accounts, listed),
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
  roles: ({ projects, roles, spaces }, listed) => [
    ['SITE', 'ROLE', 'OF', 'PLACES', 'HOLDERS', 'DEFAULT ACTORS'],
    ...tally([
      ...projects.flatMap(({ site, key, roles }) =>
        roles.map(({ name, holders }) => ({
          site,
          role: name,
          of: ofProjects,
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
      // also where no project has it yet
      ...roles.map(({ site, name }) => ({ site, role: name, of: ofProjects, holders: 0 })),
    ]).map(([site = '', role = '', of = '', ...counts]) => {
      const shared = of === ofProjects ? roles.find((each) => each.site === site && each.name === role) : undefined
      return [site, role, of, ...counts, listed((shared?.defaultActors ?? []).map(({ title }) => title))]
    }),
  ],
}

interface RoleUse {
  readonly site: string
  readonly role: string
  readonly of: string
  readonly place?: string
  readonly holders: number
}

function tally(uses: readonly RoleUse[]): Rows {
  const groups = Map.groupBy(uses, ({ site, role, of }) => JSON.stringify([site, of, role]))
  return [...groups.values()].map((group) => {
    const { site, role, of } = group[0]!
    const holders = group.reduce((sum, each) => sum + each.holders, 0)
    return [site, role, of, String(new Set(group.flatMap(({ place }) => place ?? [])).size), String(holders)]
  })
}

/** @param mostNames how many names one cell lists before it counts the others */
export function estateTable(items: EstateItems, parts: readonly EstatePartName[], mostNames: number): string {
  const listed: Listed = (names) => (names.length === 0 ? '-' : few(names, mostNames))
  const blocks = parts.flatMap((part): readonly Block[] => {
    if (part === 'tokens') return items.tokens ? tokenBlocks(items.tokens, mostNames) : []
    if (part === 'accounts' && items.reconciliation) return reconciliationBlocks(items.accounts, items.reconciliation)
    return [{ rows: rows[part](items, listed) }]
  })
  return blocks.map(shownBlock).join('\n\n')
}

function shownBlock({ head = [], rows: given }: Block): string {
  const aligned = columns(given.map((row) => row.map(printable)))
  return [...head.map(printable), ...aligned.map((row) => row.join('  ').trimEnd())].join('\n')
}
