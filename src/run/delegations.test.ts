import { expect, test } from 'vitest'
import { apiVersion, type Manifest } from '../core/manifest.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { reachOf } from './delegations.ts'

type Delegation = AtlassianOrganizationSpec['delegations'][number]

const at = (file: string, namespace?: string): Manifest => ({
  apiVersion,
  kind: 'AtlassianGroup',
  name: 'x',
  spec: {},
  origin: { file },
  locate: () => ({ file }),
  ...(namespace !== undefined && { namespace }),
})
const delegation = (from: Delegation['from'], more: Partial<Delegation> = {}): Delegation => ({
  from,
  groups: [],
  projects: [],
  spaces: [],
  accounts: false,
  protectedRoles: ['Administrators'],
  ...more,
})
const payments = delegation(
  { path: 'teams/payments/**' },
  { groups: ['pay-*'], projects: ['PAY*'], spaces: ['FIN'], accounts: true },
)

const reach = (delegations: readonly Delegation[], file: string) =>
  reachOf({ delegations: [...delegations] }, at('access/organization.yaml'), { cwd: '/repo' })(at(file))

const places: Record<string, readonly [readonly Delegation[], string, 'everything' | 'pay-devs' | 'nothing']> = {
  'without delegations every file may do everything': [[], 'access/teams/web.yaml', 'everything'],
  'the files beside that of the organization are its own': [[payments], 'access/guardrails.yaml', 'everything'],
  'a file below the path may touch what is delegated': [[payments], 'access/teams/payments/a/b.yaml', 'pay-devs'],
  'a file elsewhere may touch nothing': [[payments], 'access/teams/web.yaml', 'nothing'],
  'a path that climbs out is not below': [[payments], 'access/teams/payments/../web.yaml', 'nothing'],
  'a file outside the directory of the organization may touch nothing': [
    [delegation({ path: '**' }, { groups: ['*'] })],
    'other/x.yaml',
    'nothing',
  ],
}
test.each(Object.entries(places))('%s', (_, [delegations, file, what]) => {
  const found = reach(delegations, file)
  const allowed = found?.allows({ what: 'group', name: 'pay-devs' })
  expect(found === undefined ? 'everything' : allowed ? 'pay-devs' : 'nothing').toBe(what)
})

const touches: Record<string, readonly [Partial<Delegation>, string, string, boolean]> = {
  'a group by its glob, without case': [{ groups: ['pay-*'] }, 'group', 'PAY-Devs', true],
  'another group': [{ groups: ['pay-*'] }, 'group', 'site-admins', false],
  'a project by its glob': [{ projects: ['PAY*'] }, 'project', 'PAYAPI', true],
  'a project of another case': [{ projects: ['PAY*'] }, 'project', 'pay', false],
  'a space that is named': [{ spaces: ['FIN'] }, 'space', 'FIN', true],
  'a space whose key only begins so': [{ spaces: ['FIN'] }, 'space', 'FINANCE', false],
  'accounts where they are delegated': [{ accounts: true }, 'account', 'ana@acme.com', true],
  'accounts where they are not': [{}, 'account', 'ana@acme.com', false],
  'a role': [{}, 'role', 'Developers', true],
  'a protected role': [{}, 'role', 'administrators', false],
  'the protected role of team-managed projects': [{}, 'role', 'Administrator', false],
  'a level up to Contributor': [{}, 'level', 'Contributor', true],
  'a level above': [{}, 'level', 'Manager', false],
  'a level that is allowed': [{ maxLevel: 'Manager' }, 'level', 'Manager', true],
  'what no level has': [{ maxLevel: 'Manager' }, 'level', 'Admin', false],
  'to rule the organization': [
    { groups: ['*'], accounts: true, maxLevel: 'Manager', protectedRoles: [] },
    'rule',
    'organizationAdmin',
    false,
  ],
}
test.each(Object.entries(touches))('a delegation decides over %s', (_, [more, what, name, allowed]) => {
  const found = reach([delegation({ path: '**' }, more)], 'access/teams/x.yaml')
  expect(found?.allows({ what: what as 'group', name })).toBe(allowed)
})

test('a role that is delegated in one project is not delegated in another', () => {
  const found = reach(
    [
      delegation({ path: '**' }, { projects: ['PAY'] }),
      delegation({ path: '**' }, { projects: ['LAB'], protectedRoles: [] }),
    ],
    'access/teams/x.yaml',
  )
  const asAdministrator = (name: string) =>
    found?.allows({ what: 'project', name }, { what: 'role', name: 'Administrators' })
  expect([asAdministrator('PAY'), asAdministrator('LAB')]).toEqual([false, true])
})

test('in the cluster a namespace counts, or its labels, and never a path', () => {
  const delegations = [
    delegation({ namespace: 'payments' }, { groups: ['pay-*'] }),
    delegation({ namespaceSelector: { matchLabels: { team: 'web' } } }, { groups: ['web-*'] }),
    delegation({ path: '**' }, { groups: ['*'] }),
  ]
  const labelsOf = (namespace: string) => (namespace === 'web-1' ? { team: 'web' } : undefined)
  const of = reachOf({ delegations }, at('atlassian/acme', 'atlassian'), { cwd: '/', labelsOf })
  const may = (namespace: string, name: string) => of(at(`${namespace}/x`, namespace))?.allows({ what: 'group', name })
  expect([may('atlassian', 'x'), may('payments', 'pay-devs'), may('payments', 'web-devs')]).toEqual([
    undefined,
    true,
    false,
  ])
  expect([may('web-1', 'web-devs'), may('web-2', 'web-devs'), may('other', 'x')]).toEqual([true, false, false])
})
