import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, expect, test } from 'vitest'
import type { EstateItems } from '../src/cli/estate-items.ts'
import type { SiteSeed } from '../src/sandbox/world-seed.ts'
import { openLive, person, service, site, type Live } from './live-site.builder.ts'

/** What `roster get roles` tells of the roles in Jira, and whom a new project gets in them. */

let live: Live
afterEach(() => live.close())

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../docs/json/get.schema.json'), 'utf8')) as object
const fits = new Ajv({ allErrors: true, strict: false }).compile(schema)

type Project = NonNullable<SiteSeed['jira']>['projects'][number]

const company: Project = {
  id: '10000',
  key: 'PAY',
  name: 'Payments',
  roles: { Developers: { users: ['ana@acme.com'] }, Administrators: { users: [service.email] } },
}
const team: Project = {
  id: '10001',
  key: 'TEAM',
  name: 'Team',
  style: 'next-gen',
  roles: { Administrator: { id: 10361, users: ['bob@acme.com'] } },
}

async function open(...projects: readonly Project[]): Promise<void> {
  const roles = [
    { id: 10001, name: 'Developers', defaultActors: { users: ['bob@acme.com'], groups: ['devs'] } },
    { id: 10002, name: 'Administrators' },
  ]
  live = await openLive({
    world: {
      accounts: ['ana', 'bob'].map(person),
      groups: [{ id: 'group-devs', name: 'devs', members: ['ana@acme.com'] }],
      sites: [site({ jira: { roles, projects }, confluence: { mode: 'PRE_ROLES', spaces: [] } })],
    },
  })
}

/** Cells of the table, without its head. */
async function table(): Promise<{ readonly code: number; readonly rows: readonly (readonly string[])[] }> {
  const { code, stdout } = await live.get('roles')
  const [head, ...rows] = stdout.trim().split('\n')
  expect(head).toMatch(/^SITE +ROLE +OF +PLACES +HOLDERS +DEFAULT ACTORS$/)
  return { code, rows: rows.map((row) => row.split(/ {2,}/)) }
}

const projects = 'Jira spaces (projects)'
const defaults = 'bob@acme.com, group devs'
const shown: Readonly<Record<string, { readonly of: readonly Project[]; readonly rows: readonly string[][] }>> = {
  'a role is shown with whom a new project gets in it, and a team-managed one without': {
    of: [company, team],
    rows: [
      ['acme', 'Developers', projects, '1', '1', defaults],
      ['acme', 'Administrators', projects, '1', '1', '-'],
      ['acme', 'Administrator', projects, '1', '1', '-'],
    ],
  },
  'a role is shown also where no project has it': {
    of: [team],
    rows: [
      ['acme', 'Administrator', projects, '1', '1', '-'],
      ['acme', 'Developers', projects, '0', '0', defaults],
      ['acme', 'Administrators', projects, '0', '0', '-'],
    ],
  },
}

const inOrder = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join(' | ')).toSorted()

test.each(Object.entries(shown))('%s', async (_, { of, rows }) => {
  await open(...of)
  const told = await table()
  expect({ code: told.code, rows: inOrder(told.rows) }).toEqual({ code: 0, rows: inOrder(rows) })
})

test('the JSON has each role with its default actors by id, as its schema says', async () => {
  await open(company, team)
  const { code, stdout } = await live.get('roles', '-o', 'json')
  const document: unknown = JSON.parse(stdout)
  expect({ code, errors: fits(document) ? [] : fits.errors }).toEqual({ code: 0, errors: [] })
  const { organizations } = document as { readonly organizations: readonly EstateItems[] }
  expect(organizations[0]?.roles).toEqual([
    {
      site: 'acme',
      id: '10001',
      name: 'Developers',
      defaultActors: [
        { key: 'user:712020:bob', title: 'bob@acme.com' },
        { key: 'group:group-devs', title: 'group devs' },
      ],
    },
    { site: 'acme', id: '10002', name: 'Administrators', defaultActors: [] },
  ])
})

test('who does not administer Jira is told that these roles were not read, and sees the rest', async () => {
  await open(company)
  live.sandbox.world.account(service.email).platformRoles.clear()
  const { code, stdout, stderr } = await live.get('roles')
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: expect.stringMatching(/^NOT READ: roles of site acme/m) as unknown,
  })
  expect(stdout).toMatch(/^acme +Developers +Jira spaces \(projects\) +1 +1 +-$/m)
})
