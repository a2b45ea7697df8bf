import { expect, test } from 'vitest'
import { roleScope } from './actor.ts'
import type { RoleBean } from './api.ts'
import { administrators, developers, growth } from './jira-site.builder.ts'

const keepers: Readonly<Record<string, readonly [RoleBean, boolean]>> = {
  'Administrators must keep a person': [administrators, true],
  'Administrator of a team-managed project must keep a person': [{ id: 20002, name: 'Administrator' }, true],
  'a role of any name that is marked as the one that administers must keep a person': [
    { id: 20003, name: 'Leitung', admin: true },
    true,
  ],
  'Developers may be empty': [{ ...developers, admin: false }, false],
}
test.each(Object.entries(keepers))('%s', (_, [role, keeps]) => {
  const { keepPeople } = roleScope('acme', growth, role)
  expect(keepPeople?.what).toBe(keeps ? 'project Administrator of GROWTH' : undefined)
})
