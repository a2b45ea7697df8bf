import { describe, expect, test } from 'vitest'
import type { Fields } from '../../core/resource.ts'
import { scimAttributes, scimOperations, type ScimOperation } from './profile.ts'

test('every field of the profile has its place in the SCIM user', () => {
  const fields = {
    displayName: 'Ana Ruiz',
    givenName: 'Ana',
    familyName: 'Ruiz',
    nickName: 'ana',
    title: 'Engineer',
    department: 'Payments',
    timeZone: 'Europe/Madrid',
    locale: 'es-ES',
    externalId: '4711',
    state: 'Active',
  }
  expect(scimAttributes(fields)).toEqual({
    displayName: 'Ana Ruiz',
    name: { givenName: 'Ana', familyName: 'Ruiz' },
    nickName: 'ana',
    title: 'Engineer',
    department: 'Payments',
    timezone: 'Europe/Madrid',
    preferredLanguage: 'es-ES',
    externalId: '4711',
    active: true,
  })
})

describe('the operations of a patch', () => {
  const table: Record<string, readonly [Fields, Fields, readonly ScimOperation[]]> = {
    'nothing to do': [{ title: 'Lead', state: 'Active' }, { title: 'Lead', state: 'Active' }, []],
    'what is not declared stays': [{ title: 'Lead', department: 'Pay', state: 'Active' }, { state: 'Active' }, []],
    'a changed field is replaced': [
      { title: 'Engineer' },
      { title: 'Lead' },
      [{ op: 'replace', path: 'title', value: 'Lead' }],
    ],
    'a part of the name has a path with a dot': [
      { givenName: 'Anna', familyName: 'Ruiz' },
      { givenName: 'Ana' },
      [{ op: 'replace', path: 'name.givenName', value: 'Ana' }],
    ],
    'a part of a name that was empty is added, not the whole name': [
      {},
      { familyName: 'Ruiz' },
      [{ op: 'add', path: 'name.familyName', value: 'Ruiz' }],
    ],
    deactivating: [{ state: 'Active' }, { state: 'Deactivated' }, [{ op: 'replace', path: 'active', value: false }]],
    'activating again': [
      { state: 'Deactivated' },
      { state: 'Active' },
      [{ op: 'replace', path: 'active', value: true }],
    ],
    'suspending is not a matter of SCIM': [{ state: 'Active' }, { state: 'Suspended' }, []],
  }
  for (const [sentence, [before, after, operations]] of Object.entries(table)) {
    test(sentence, () => expect(scimOperations(before, after)).toEqual(operations))
  }
})
