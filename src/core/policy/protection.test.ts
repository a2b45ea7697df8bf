import { expect, test } from 'vitest'
import type { Change } from '../change.ts'
import type { Directory } from '../directory.ts'
import { member, membersScope } from '../membership.ts'
import type { Policy } from '../policy.ts'
import type { Principal } from '../principal.ts'
import type { Resource } from '../resource.ts'
import { readOnlyScopes } from './fail-closed.ts'
import {
  account,
  addition,
  context,
  directory,
  group,
  holder,
  removal,
  scope,
  update,
  user,
  verdicts,
} from './policy.builder.ts'
import { keepPeople } from './keep-people.ts'
import { guardedScopes, ownIdentity, protectedPrincipals } from './protection.ts'

const box = scope('b')
const administrators = scope('admins', { keepPeople: { minimum: 1, what: 'project Administrator of PAY' } })
const admin = (principal: Principal) => holder(administrators, principal, { counts: true })
const crew = membersScope({ groupId: 'g', name: 'g', managedBy: 'admins', deletable: true, defaultFor: [] })

const closing = (name: string): Change => {
  const before = holder(scope(`account of ${name}`), user(name), { fields: { state: 'Active' } })
  return update(before, { ...before, fields: { state: 'Deactivated' } })
}
const wholeGroup = holder(scope('g', { single: true }), group('g'))

const lastCases: Record<
  string,
  { observed: Resource[]; changes: Change[]; people: Directory; codes: (string | undefined)[] }
> = {
  'the last administrator stays': {
    observed: [admin(user('ann'))],
    changes: [removal(admin(user('ann')))],
    people: directory([account('ann')]),
    codes: ['LAST_ONE'],
  },
  'one of two may go': {
    observed: [admin(user('ann')), admin(user('bob'))],
    changes: [removal(admin(user('ann')))],
    people: directory([account('ann'), account('bob')]),
    codes: [undefined],
  },
  'a deactivated second one does not count': {
    observed: [admin(user('ann')), admin(user('bob'))],
    changes: [removal(admin(user('ann')))],
    people: directory([account('ann'), account('bob', { status: 'deactivated' })]),
    codes: ['LAST_ONE'],
  },
  'an app is nobody': {
    observed: [admin(user('ann')), admin(user('bot'))],
    changes: [removal(admin(user('ann')))],
    people: directory([account('ann'), account('bot', { type: 'app' })]),
    codes: ['LAST_ONE'],
  },
  'a group with a member keeps the role': {
    observed: [admin(user('ann')), admin(group('g'))],
    changes: [removal(admin(user('ann')))],
    people: directory([account('ann'), account('bob')], { g: ['bob'] }),
    codes: [undefined],
  },
  'an empty group does not': {
    observed: [admin(user('ann')), admin(group('g'))],
    changes: [removal(admin(user('ann')))],
    people: directory([account('ann')], { g: [] }),
    codes: ['LAST_ONE'],
  },
  'the last member of the group that holds the role stays in the group': {
    observed: [admin(group('g')), member(crew, account('bob'))],
    changes: [removal(member(crew, account('bob')))],
    people: directory([account('bob')], { g: ['bob'] }),
    codes: ['LAST_ONE'],
  },
  'one whose account is closed in the same run is not left': {
    observed: [admin(user('ann')), admin(user('bob'))],
    changes: [closing('ann'), removal(admin(user('bob')))],
    people: directory([account('ann'), account('bob')]),
    codes: [undefined, 'LAST_ONE'],
  },
  'the group that holds the role is not deleted': {
    observed: [admin(group('g')), wholeGroup],
    changes: [removal(wholeGroup)],
    people: directory([account('bob')], { g: ['bob'] }),
    codes: ['LAST_ONE'],
  },
  'a group may be deleted where somebody else administers': {
    observed: [admin(group('g')), admin(user('ann')), wholeGroup],
    changes: [removal(wholeGroup)],
    people: directory([account('ann'), account('bob')], { g: ['bob'] }),
    codes: [undefined],
  },
  'an update that takes the right to administer counts as a removal': {
    observed: [admin(user('ann'))],
    changes: [update(admin(user('ann')), { ...admin(user('ann')), counts: false })],
    people: directory([account('ann')]),
    codes: ['LAST_ONE'],
  },
}
for (const [sentence, { observed, changes, people, codes }] of Object.entries(lastCases)) {
  test(`the last one: ${sentence}`, () => {
    const within = context({ scopes: [administrators, crew], observed, directory: people })
    expect(verdicts(keepPeople, changes, within)).toEqual(codes)
  })
}

const list = { emails: new Set(['glass@x.io']), accountIds: new Set(['root']), groups: new Set(['site-admins']) }
const people = directory([account('glass'), account('root'), account('ann')], { 'Site-Admins': [] })
const protectionCases: Record<string, { policy: Policy; change: Change; code: string | undefined }> = {
  'a protected e-mail keeps what it has': {
    policy: protectedPrincipals(list),
    change: removal(holder(box, user('glass'))),
    code: 'PROTECTED',
  },
  'a protected account id keeps what it has': {
    policy: protectedPrincipals(list),
    change: removal(holder(box, user('root'))),
    code: 'PROTECTED',
  },
  'a protected group keeps what it has, whatever its case': {
    policy: protectedPrincipals(list),
    change: removal(holder(box, group('Site-Admins'))),
    code: 'PROTECTED',
  },
  'a protected account may be given more': {
    policy: protectedPrincipals(list),
    change: addition(holder(box, user('glass'))),
    code: undefined,
  },
  'others are not protected': {
    policy: protectedPrincipals(list),
    change: removal(holder(box, user('ann'))),
    code: undefined,
  },
  'the identity of the credentials loses nothing': {
    policy: ownIdentity(new Set(['ann@x.io'])),
    change: removal(holder(box, user('ann'))),
    code: 'OWN_IDENTITY',
  },
  'a group of the identity provider is not written': {
    policy: readOnlyScopes,
    change: addition(holder(scope('idp', { readOnly: 'owned by the identity provider' }), user('ann'))),
    code: 'READ_ONLY',
  },
  'members of a default group are not removed without the switch': {
    policy: guardedScopes,
    change: removal(holder(scope('d', { guarded: 'default group of confluence' }), user('ann'))),
    code: 'DEFAULT_GROUP',
  },
  'members of a default group that Roster added are withdrawn': {
    policy: guardedScopes,
    change: removal(holder(scope('d', { guarded: 'default group of confluence' }), user('ann')), 'withdrawn'),
    code: undefined,
  },
}
for (const [sentence, { policy, change, code }] of Object.entries(protectionCases)) {
  test(`protection: ${sentence}`, () => {
    const within =
      change.action === 'create' ? change.after.scope : (change as Change & { before: Resource }).before.scope
    expect(verdicts(policy, [change], context({ scopes: [within], observed: [], directory: people }))).toEqual([code])
  })
}
