import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts'
import type { ClusterUser } from './cluster-user.builder.ts'
import {
  accountId,
  email,
  groupName,
  keyOf,
  list,
  manifest,
  membership,
  organization,
  secret,
  worldOf,
} from './cluster-world.builder.ts'
import { describeInCluster } from './control-plane.builder.ts'
import { openStage, type Stage } from './controller-stage.builder.ts'
import type { ControllerProcess } from './controller.builder.ts'

const world = () => {
  const seed = worldOf({ people: 12, groups: 12, projects: 3, spaces: 3 })
  const { organizationApiKeys = [] } = seed.credentials
  const keys = [...organizationApiKeys, { name: 'next', key: 'the-next-key' }]
  return { ...seed, credentials: { ...seed.credentials, organizationApiKeys: keys } }
}

describeInCluster('a controller', () => {
  let stage: Stage
  let sandbox: Sandbox
  let controller: ControllerProcess
  let user: ClusterUser

  beforeAll(async () => {
    stage = await openStage(world())
    sandbox = stage.sandbox
    user = stage.user
    controller = await stage.begin()
  })
  afterAll(() => stage.close())

  const members = (group: number) => sandbox.world.members(groupName(group))
  const writes = () => sandbox.journal.writes().map(({ operation, credential }) => `${operation} by ${credential}`)

  test('waits for the Secret of an organization, says so, and goes on by itself', async () => {
    await user.apply(organization())
    await user.until(organization(), 'Stalled=True CredentialMissing')
    await user.apply(secret())
    await user.until(organization(), 'Ready=True Succeeded')
    expect(writes()).toEqual([])
  })

  test('a Secret that changes is used without a restart', async () => {
    const crew = membership('rotated', groupName(5), [1])
    await user.apply(crew)
    await user.until(crew, 'Ready=True Succeeded')
    sandbox.journal.clear()
    await user.apply({ ...secret(), stringData: { key: 'the-next-key' } })
    await user.apply(membership('rotated', groupName(5), [1, 2]))
    await expect.poll(writes).toEqual(['addUserToGroup by next'])
    await user.apply(secret())
  })

  test('suspended it touches nothing and says so; resumed it goes on', async () => {
    const crew = membership('paused', groupName(6), [1])
    await user.apply(organization({ suspend: true }))
    await user.until(organization(), 'Ready=Unknown Suspended')
    sandbox.journal.clear()
    await user.apply(crew)
    await user.until(crew, 'Ready=Unknown Suspended')
    expect(sandbox.journal.entries).toEqual([])
    await user.apply(organization())
    await user.until(crew, 'Ready=True Succeeded')
    expect(members(6)).toContain(accountId(1))
  })

  test('a pass that is asked for is answered', async () => {
    const crew = membership('paused', groupName(6), [1])
    await user.annotate(crew, 'reconcile.fluxcd.io/requestedAt=2026-11-25T10:00:00Z')
    await expect.poll(async () => (await user.statusOf(crew))?.lastHandledReconcileAt).toBe('2026-11-25T10:00:00Z')
  })

  test('what is held waits for the digest, and goes on once it is on the organization', async () => {
    const all = { group: groupName(7), authority: 'Additive' }
    const crew = manifest('AtlassianGroupMembership', 'many', {
      ...all,
      members: [1, 2, 3, 4, 5].map((index) => ({ email: email(index) })),
    })
    await user.apply(crew)
    await user.until(crew, 'Ready=True Succeeded')
    const few = membership('many', groupName(7), [1])
    await user.apply(few)
    await user.until(few, 'Held=True ScopeLimit')
    expect(members(7)).toHaveLength(6)
    const held = (await user.statusOf(few))!.conditions!.find(({ type }) => type === 'Held')!
    const digest = /digest ([0-9a-f]+)/.exec(held.message)![1]!
    await user.annotate(organization(), `roster.dev/approved=${digest}`)
    await user.until(few, 'Ready=True Succeeded')
    expect(members(7)).toEqual([accountId(0), accountId(1)])
  })

  test('deleted with Retain, an object leaves what it gave', async () => {
    const crew = membership('retained', groupName(8), [1])
    await user.apply(crew)
    await user.until(crew, 'Ready=True Succeeded')
    await user.annotate(crew, 'roster.dev/deletion=Retain')
    await user.remove(crew)
    await user.untilGone(crew)
    expect(members(8)).toContain(accountId(1))
  })

  test('deleted and made again at once, an object gives what it says now', async () => {
    const crew = membership('again', groupName(9), [1])
    await user.apply(crew)
    await user.until(crew, 'Ready=True Succeeded')
    await user.kubectl(['delete', '-f', '-', '--wait=true'], list([crew]))
    await user.apply(membership('again', groupName(9), [2]))
    await user.until(membership('again', groupName(9), [2]), 'Ready=True Succeeded')
    expect(members(9)).toEqual([accountId(0), accountId(2)])
  })

  test('an organization goes after what is under it, and takes its state along', async () => {
    const configMaps = async () =>
      JSON.parse(await user.kubectl(['get', 'configmap', '-n', 'platform', '-o', 'json'])) as Named
    const kept = async () => (await configMaps()).items.filter(({ metadata }) => metadata.name.startsWith('roster-'))
    expect(await kept()).not.toEqual([])
    await user.remove(organization())
    await user.until(organization(), 'Reconciling=True ProgressingWithRetry')
    await user.kubectl(['delete', 'atmembers', '--all', '-A', '--wait=false'])
    await user.kubectl(['delete', 'atuser', '--all', '-A', '--wait=false'])
    await user.untilGone(organization())
    expect(await kept()).toEqual([])
  })

  test('tells transitions in events, and no key in its log', async () => {
    const { items } = JSON.parse(await user.kubectl(['get', 'events.events.k8s.io', '-A', '-o', 'json'])) as {
      items: { reason: string }[]
    }
    const reasons = new Set(items.map(({ reason }) => reason))
    expect([...reasons]).toEqual(expect.arrayContaining(['Succeeded', 'ScopeLimit', 'CredentialMissing']))
    const log = JSON.stringify(controller.log())
    expect(log).not.toContain(keyOf('acme'))
    expect(log).not.toContain('the-next-key')
    expect(log).toContain('a pass has changed or tried to change access')
  })
})

interface Named {
  readonly items: readonly { readonly metadata: { readonly name: string } }[]
}
