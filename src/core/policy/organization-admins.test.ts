import { expect, test } from 'vitest'
import { approvePrivileged, keepOrganizationAdmins } from './organization-admins.ts'
import { account, addition, context, directory, holder, scope, update, user, verdicts } from './policy.builder.ts'

const admin = { platformRoles: ['atlassian/org-admin'] }
const suspend = (name: string) => {
  const before = holder(scope(name), user(name), { fields: { state: 'Active' } })
  return update(before, { ...before, fields: { state: 'Suspended' } })
}
const demote = (name: string) => {
  const before = holder(scope(name), user(name), { fields: { state: 'Active', organizationAdmin: true } })
  return update(before, { ...before, fields: { organizationAdmin: false } })
}
const whole = { counts: { accounts: 9 } }

const cases: Record<
  string,
  { admins: readonly string[]; leave: readonly string[]; codes: readonly (string | undefined)[]; counted?: boolean }
> = {
  'one of three may leave': { admins: ['a', 'b', 'c'], leave: ['a'], codes: [undefined] },
  'neither of two may leave': { admins: ['a', 'b'], leave: ['a'], codes: ['LAST_ONE'] },
  'two of three at once may not leave': { admins: ['a', 'b', 'c'], leave: ['a', 'b'], codes: ['LAST_ONE', 'LAST_ONE'] },
  'others may leave': { admins: ['a', 'b'], leave: ['z'], codes: [undefined] },
  'where not everybody was read, no admin leaves': {
    admins: ['a', 'b', 'c'],
    leave: ['a'],
    codes: ['LAST_ONE'],
    counted: false,
  },
}
for (const [sentence, { admins, leave, codes, counted = true }] of Object.entries(cases)) {
  test(`organization admins: ${sentence}`, () => {
    const people = directory([...admins.map((name) => account(name, admin)), account('z')])
    const within = context({ scopes: [], observed: [], directory: counted ? { ...people, ...whole } : people })
    expect(verdicts(keepOrganizationAdmins, leave.map(suspend), within)).toEqual(codes)
  })
}

test('organization admins: demoting counts like leaving', () => {
  const people = { ...directory(['a', 'b', 'c'].map((name) => account(name, admin))), ...whole }
  const within = context({ scopes: [], observed: [], directory: people })
  expect(verdicts(keepOrganizationAdmins, [demote('a')], within)).toEqual([undefined])
  expect(verdicts(keepOrganizationAdmins, [demote('a'), suspend('b')], within)).toEqual(['LAST_ONE', 'LAST_ONE'])
})

test('organization admins: a new one waits for an approval; one that is there already does not', () => {
  const within = context({ scopes: [], observed: [], directory: directory([account('z')]) })
  const before = holder(scope('z'), user('z'), { fields: { organizationAdmin: false, title: 'Lead' } })
  const made = update(before, { ...before, fields: { organizationAdmin: true } })
  const renamed = update(
    { ...before, fields: { organizationAdmin: true } },
    { ...before, fields: { organizationAdmin: true, title: 'Head' } },
  )
  expect(verdicts(approvePrivileged, [made, renamed], within)).toEqual(['PRIVILEGED', undefined])
  expect(approvePrivileged([made], within)(made)).toMatchObject({ releasable: true })
})

test('administrators of an app are made with an approval; users of it without', () => {
  const within = context({ scopes: [], observed: [], directory: directory([]) })
  const grant = holder(scope('g'), user('z'))
  const changes = [addition({ ...grant, privileged: 'makes its members admin of confluence' }), addition(grant)]
  expect(verdicts(approvePrivileged, changes, within)).toEqual(['PRIVILEGED', undefined])
})
