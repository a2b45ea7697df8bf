import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts'
import type { ClusterUser } from './cluster-user.builder.ts'
import {
  accountId,
  email,
  groupName,
  manifest,
  membership,
  namespaceNamed,
  organization,
  roleBinding,
  secret,
  spaceGrant,
  worldOf,
  type Manifest,
} from './cluster-world.builder.ts'
import { describeInCluster } from './control-plane.builder.ts'
import { openStage, type Stage } from './controller-stage.builder.ts'

const organizationRef = { namespace: 'platform', name: 'acme' }
const delegations = [
  {
    from: { namespace: 'payments' },
    groups: ['group-1'],
    projects: ['P1'],
    spaces: ['S1'],
    maxLevel: 'Contributor',
    protectedRoles: ['Administrators'],
  },
  { from: { namespaceSelector: { matchLabels: { access: 'open' } } }, groups: ['group-3'] },
]

const within = (namespace: string, { kind, metadata: { name }, spec }: Manifest): Manifest =>
  manifest(kind, name, { organizationRef, ...spec }, namespace)

describeInCluster('the objects of another namespace', () => {
  let stage: Stage
  let sandbox: Sandbox
  let user: ClusterUser

  beforeAll(async () => {
    stage = await openStage(worldOf({ people: 12, groups: 12, projects: 3, spaces: 3 }))
    sandbox = stage.sandbox
    user = stage.user
    await stage.begin()
    await user.apply(secret(), organization({ delegations }))
    await user.apply(namespaceNamed('payments'), namespaceNamed('elsewhere'))
  })
  afterAll(() => stage.close())

  const members = (group: number) => sandbox.world.members(groupName(group))
  const writes = () => sandbox.journal.writes().map(({ operation, credential }) => `${operation} by ${credential}`)

  const attacks: Record<string, { readonly object: Manifest; readonly says: string }> = {
    'members of a group that is not delegated': {
      object: within('payments', membership('other-group', groupName(2), [5])),
      says: 'Stalled=True NotDelegated',
    },
    'the members of a group by its id': {
      object: manifest(
        'AtlassianGroup',
        'taken',
        { organizationRef, name: groupName(2), description: 'now ours' },
        'payments',
      ),
      says: 'Stalled=True NotDelegated',
    },
    'a protected role': {
      object: within('payments', roleBinding('admin', 1, 'Administrators', [{ group: groupName(1) }])),
      says: 'Stalled=True NotDelegated',
    },
    'a project that is not delegated': {
      object: within('payments', roleBinding('other-project', 2, 'Developers', [{ group: groupName(1) }])),
      says: 'Stalled=True NotDelegated',
    },
    'a space that is not delegated': {
      object: within('payments', spaceGrant('other-space', 2, [{ group: groupName(1) }])),
      says: 'Stalled=True NotDelegated',
    },
    'an account': {
      object: manifest('AtlassianUser', 'mallory', { organizationRef, email: 'mallory@x.io' }, 'payments'),
      says: 'Stalled=True NotDelegated',
    },
    'a namespace that nothing is delegated to': {
      object: within('elsewhere', membership('from-elsewhere', groupName(1), [5])),
      says: 'Stalled=True NotDelegated',
    },
    'an organization that is not there': {
      object: manifest(
        'AtlassianGroupMembership',
        'lost',
        {
          organizationRef: { namespace: 'platform', name: 'nobody' },
          group: groupName(1),
          authority: 'Additive',
          members: [],
        },
        'payments',
      ),
      says: 'Stalled=True NoOrganization',
    },
    'a person by the name that only another namespace gives': {
      object: manifest(
        'AtlassianGroupMembership',
        'stolen-name',
        { organizationRef, group: groupName(1), authority: 'Additive', members: [{ user: 'hidden-person' }] },
        'payments',
      ),
      says: 'Stalled=True UnknownReference',
    },
  }

  test('of what is not delegated to a namespace it touches nothing, and says so', async () => {
    const hidden = manifest('AtlassianUser', 'hidden-person', { organizationRef, email: email(7) }, 'elsewhere')
    sandbox.journal.clear()
    await user.apply(hidden, ...Object.values(attacks).map(({ object }) => object))
    for (const { object, says } of Object.values(attacks)) await user.until(object, says)
    expect(writes()).toEqual([])
    // what is delegated goes through beside it
    const ours = within('payments', membership('ours', groupName(1), [5]))
    await user.apply(ours)
    await user.until(ours, 'Ready=True Succeeded')
    expect(members(1)).toContain(accountId(5))
  })

  test('mistakes of one namespace do not hold what another one takes away', async () => {
    const crew = membership('crew', groupName(4), [4])
    await user.apply(crew)
    await user.until(crew, 'Ready=True Succeeded')
    await user.remove(crew)
    await user.untilGone(crew)
    expect(members(4)).toEqual([accountId(0)])
    await user.remove(...Object.values(attacks).map(({ object }) => object))
    for (const { object } of Object.values(attacks)) await user.untilGone(object)
  })

  test('a label of a namespace opens it, and its loss closes it', async () => {
    const crew = within('elsewhere', membership('by-label', groupName(3), [6]))
    await user.apply(crew)
    await user.until(crew, 'Stalled=True NotDelegated')
    await user.kubectl(['label', 'namespace', 'elsewhere', 'access=open'])
    await user.until(crew, 'Ready=True Succeeded')
    expect(members(3)).toContain(accountId(6))
    await user.kubectl(['label', 'namespace', 'elsewhere', 'access-'])
    await user.until(crew, 'Stalled=True NotDelegated')
    // nobody has said that the member is to go
    expect(members(3)).toContain(accountId(6))
  })
})
