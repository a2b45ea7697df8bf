import type { RoleMode, SpaceAccessSeed, WorldSeed } from '../src/sandbox/world-seed.ts'
import { manifest, person, service, site } from './live-site.builder.ts'

/** A group, three projects with one role and a space, and one manifest for each, to be used together. */

export const app = { id: '557058:app', name: 'Automation', type: 'app' } as const
export function grantsWorld(more: Partial<WorldSeed> = {}): Partial<WorldSeed> {
  return {
    accounts: [...['ana', 'bob', 'cara'].map(person), app],
    groups: [{ id: 'group-devs', name: 'devs', members: ['bob@acme.com'] }],
    sites: [acmeSite('PRE_ROLES', [])],
    ...more,
  }
}

export function acmeSite(mode: RoleMode, access: readonly SpaceAccessSeed[]) {
  const projects = ['PAY', 'LED', 'RISK'].map((key, index) => ({
    id: `1000${index}`,
    key,
    name: key,
    roles: { Developers: { users: ['bob@acme.com'] } },
  }))
  const admin = mode === 'PRE_ROLES' ? { permissions: ['read/space', 'administer/space'] } : { role: 'Admin' }
  const roles = [
    { id: 'role-viewer', name: 'Viewer', permissions: ['read/space'] },
    { id: 'role-admin', name: 'Admin', permissions: ['read/space', 'administer/space'] },
  ]
  const spaces = [{ id: '65537', key: 'FIN', name: 'Finance', access: [{ user: service.email, ...admin }, ...access] }]
  return site({
    jira: {
      roles: [
        { id: 10001, name: 'Developers' },
        { id: 10002, name: 'Administrators' },
      ],
      projects,
    },
    confluence: { mode, roles: mode === 'PRE_ROLES' ? [] : roles, spaces },
  })
}

const list = (subjects: readonly string[]): string => `[${subjects.map((each) => `{ ${each} }`).join(', ')}]`
export const byEmail = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `email: ${name}@acme.com`)

export const crew = (members: readonly string[], authority = 'Additive'): string =>
  manifest('AtlassianGroupMembership', 'devs', `{ group: devs, authority: ${authority}, members: ${list(members)} }`)

export const binding = (subjects: readonly string[], authority = 'Additive'): string =>
  manifest(
    'JiraRoleBinding',
    'developers',
    `{ site: acme, projects: { keys: [PAY] }, role: Developers, authority: ${authority}, subjects: ${list(subjects)} }`,
  )

export const grant = (subjects: readonly string[], access = 'permissions: [read/space]'): string =>
  manifest(
    'ConfluenceSpaceGrant',
    'finance',
    `{ site: acme, spaces: { keys: [FIN] }, ${access}, authority: Additive, subjects: ${list(subjects)} }`,
  )
