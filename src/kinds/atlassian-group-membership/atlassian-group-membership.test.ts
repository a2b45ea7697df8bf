import { describe, expect, test } from 'vitest'
import { createIdentities, PendingIdentityError } from '../../core/directory.ts'
import type { DeclaredObject } from '../../core/kind.ts'
import { member, membersScope } from '../../core/membership.ts'
import {
  partsOf,
  type shownDemand,
  sketchContext,
  sketchDirectory,
  type DirectorySketch,
} from '../directory.builder.ts'
import { buildManifest } from '../principals.builder.ts'
import { expand } from './expand.ts'
import { atlassianGroupMembership } from './index.ts'
import type { AtlassianGroupMembershipSpec } from './schema.ts'

type Spec = AtlassianGroupMembershipSpec
const kind = 'AtlassianGroupMembership'
const base: Spec = { group: 'devs', authority: 'Authoritative', members: [], includes: [], allowDefaultGroups: false }
const estate: DirectorySketch = {
  accounts: { ana: {}, bo: {}, bot: { type: 'app' } },
  groups: { devs: {}, users: { defaultFor: ['jira-software'] }, okta: { readOnly: 'change it in Okta' } },
}

const object = (name: string, spec: Partial<Spec>, retired = false): DeclaredObject<Spec> => {
  const whole = { ...base, ...spec }
  return { manifest: { ...buildManifest(kind, whole, retired), name }, spec: whole }
}
const siblings = new Map(
  [
    object('contractors', { members: [{ email: 'bo@x.io', expiresAt: '2026-06-05' }], includes: ['bots'] }),
    object('bots', { members: [{ accountId: 'id-bot', reason: 'CI' }] }),
    object('broken', { members: [{ email: 'nobody@x.io' }] }),
    object('loop', { includes: ['pool'] }),
    object('pool', { includes: ['loop'] }),
    object('mine', { includes: ['mine'] }),
  ].map((each) => [each.manifest.name, each]),
)
const claim = (authority: string, key = 'g-devs') => `${authority} ${kind}/${key}`
const entry = (id: string, ...notes: string[]) => [`${kind}/g-devs user:${id}`, {}, ...notes]

interface Case {
  readonly spec: Partial<Spec>
  readonly retired?: true
  readonly estate?: DirectorySketch
  readonly promised?: readonly string[]
  readonly expected: Partial<ReturnType<typeof shownDemand>>
}

describe('expand', () => {
  const table: Record<string, Case> = {
    'members by e-mail without case and by account id': {
      spec: { members: [{ email: 'Ana@X.io' }, { accountId: 'id-bot', reason: 'CI' }] },
      expected: {
        claims: [claim('Authoritative')],
        entries: [entry('id-ana'), entry('id-bot', 'reason: CI')],
        problems: [],
      },
    },
    'one unknown member is an error at its line, and the others are demanded': {
      spec: { members: [{ email: 'anna@x.io' }, { email: 'bo@x.io' }] },
      expected: { entries: [entry('id-bo')], problems: ['error UNKNOWN_USER spec.members.0.email'] },
    },
    'a person whom another manifest creates is promised': {
      spec: { members: [{ email: 'new@x.io' }] },
      promised: ['new@x.io'],
      expected: { entries: [entry('promised:new@x.io')], problems: [] },
    },
    'a member named in two ways breaks the rule': {
      spec: { members: [{ email: 'ana@x.io', accountId: 'id-ana' }] },
      expected: { problems: ['error INVALID_SPEC spec.members.0'] },
    },
    'an ended entry stays a demand, for the engine to turn it around': {
      spec: { members: [{ email: 'ana@x.io', expiresAt: '2026-05-31' }] },
      expected: { entries: [entry('id-ana')], problems: ['warning EXPIRED spec.members.0.expiresAt'] },
    },
    'memberships of memberships are flattened, and say through which': {
      spec: { includes: ['contractors'] },
      expected: {
        entries: [entry('id-bo', 'through contractors'), entry('id-bot', 'through contractors > bots', 'reason: CI')],
        problems: [],
      },
    },
    'a mistake in an included membership is ours too, since its people are not known': {
      spec: { includes: ['broken'] },
      expected: { entries: [], problems: ['error UNKNOWN_USER spec.includes.0'] },
    },
    'an included membership that does not exist': {
      spec: { includes: ['contractor'] },
      expected: { entries: [], problems: ['error UNKNOWN_REFERENCE spec.includes.0'] },
    },
    'a circle ends in an error': {
      spec: { includes: ['loop'] },
      expected: { entries: [], problems: ['error INVALID_SPEC spec.includes.0'] },
    },
    'a group that does not exist leaves the scope open': {
      spec: { group: 'dev' },
      expected: { claims: [], entries: [], problems: ['error UNKNOWN_GROUP spec.group'], unclaimed: true },
    },
    'groups that were not read leave the scope open': {
      spec: {},
      estate: { unread: { groups: { code: 'FORBIDDEN', message: 'answered 403' } } },
      expected: { claims: [], problems: ['error IDENTITIES_UNREAD spec.group'], unclaimed: true },
    },
    'a retired manifest keeps its scope and asks for nothing': {
      spec: { members: [{ email: 'nobody@x.io' }] },
      retired: true,
      expected: { claims: [claim('Additive')], entries: [], problems: [] },
    },
    'a retired manifest that only observed still writes nothing': {
      spec: { authority: 'Observe' },
      retired: true,
      expected: { claims: [claim('Observe')] },
    },
    'a retired manifest whose group is gone holds nothing up': {
      spec: { group: 'gone' },
      retired: true,
      expected: { claims: [], problems: ['warning UNKNOWN_GROUP spec.group'] },
    },
  }
  for (const [sentence, { spec, retired, estate: other, promised, expected }] of Object.entries(table)) {
    test(sentence, () => {
      const context = sketchContext(sketchDirectory(other ?? estate), siblings)
      const known = { ...context.promised, emails: new Set(promised) }
      const demand = expand(object('staff', spec, retired ?? false), { ...context, promised: known })
      expect(partsOf(demand, expected)).toEqual(expected)
    })
  }

  test('a membership that includes itself is a circle', () => {
    const demand = expand(siblings.get('mine')!, sketchContext(sketchDirectory(estate), siblings))
    expect(demand.diagnostics.map(({ message }) => message)).toEqual([
      'memberships include each other in a circle: mine > mine',
    ])
  })

  test('default groups are guarded until the manifest says otherwise', () => {
    const scopeOf = (allowDefaultGroups: boolean) =>
      expand(object('staff', { group: 'users', allowDefaultGroups }), sketchContext(sketchDirectory(estate))).claims[0]!
        .scope
    expect(scopeOf(false).guarded).toBe('default group of jira-software')
    expect(scopeOf(true)).not.toHaveProperty('guarded')
  })

  test('a group of the identity provider is read only', () => {
    const { claims } = expand(object('staff', { group: 'okta' }), sketchContext(sketchDirectory(estate)))
    expect(claims[0]!.scope.readOnly).toBe('change it in Okta')
  })
})

describe('observe', () => {
  const directory = sketchDirectory({ ...estate, groups: { devs: { members: ['ana', 'bot'] }, dark: {} } })
  const scopes = [...directory.groups, { promised: 'new', name: 'new' }].map(membersScope)
  const reader = { read: () => Promise.reject(new Error('members come with the directory')) }

  test('members come from the directory; a group whose members are not known is unread, not empty', async () => {
    const found = await atlassianGroupMembership.observe(scopes, { reader, directory, catalogue: undefined })
    const shown = [...found].map(([key, all]) => [
      key,
      'code' in all ? all.code : all.map((each) => [each.key, each.keep]),
    ])
    expect(shown).toEqual([
      [
        'g-devs',
        [
          ['user:id-ana', undefined],
          ['user:id-bot', 'app account'],
        ],
      ],
      ['g-dark', 'INCOMPLETE'],
      ['promised:new', []],
    ])
  })
})

describe('realize', () => {
  const scope = membersScope({ promised: 'new', name: 'New' })
  const promise = member(scope, { promised: 'new@x.io' })

  test('a promised member of a promised group becomes the real one', () => {
    const identities = createIdentities()
    identities.learnAccount('new@x.io', 'id-new')
    identities.learnGroup('new', 'g-new')
    expect(atlassianGroupMembership.realize(promise, identities)).toMatchObject({
      scope: { key: 'g-new', ref: { group: { groupId: 'g-new' } } },
      key: 'user:id-new',
      ref: { account: { accountId: 'id-new' }, group: { groupId: 'g-new' } },
      principal: { type: 'user', account: { accountId: 'id-new' } },
    })
  })

  test('one that does not exist yet is pending', () => {
    expect(() => atlassianGroupMembership.realize(promise, createIdentities())).toThrow(PendingIdentityError)
  })
})
