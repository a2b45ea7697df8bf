import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts'
import {
  accountId,
  email,
  groupName,
  list,
  manifest,
  membership,
  numbers,
  organization,
  projectKey,
  roleBinding,
  roles,
  secret,
  spaceGrant,
  worldOf,
  type Manifest,
} from './cluster-world.builder.ts'
import { describeInCluster, type ControlPlane } from './control-plane.builder.ts'
import { openStage, type Stage } from './controller-stage.builder.ts'
import { figure } from './figure.builder.ts'
import type { ControllerProcess } from './controller.builder.ts'

const sizes = { people: 60, groups: 60, projects: 20, spaces: 40 }
const made = numbers(20).map((index) => `made-${index}`)
const kinds = ['atlassiangroups', 'atlassiangroupmemberships', 'jirarolebindings', 'confluencespacegrants']
const guardrails = { run: { maxEntries: 200 }, removals: { maxEntries: 200, maxPercent: 100, smallSetMax: 9 } }

/** Two people a group, one group a role and a space; and three that say what is so anyway: 199 under one organization. */
function declared(extra: ReadonlySet<number> = new Set()): readonly Manifest[] {
  return [
    ...made.map((name) => manifest('AtlassianGroup', name, { name })),
    ...made.map((name, index) => membership(name, name, [index + 1, index + 2])),
    ...numbers(56).map((index) => {
      const people = [index + 1, index + 2]
      return membership(groupName(index), groupName(index), extra.has(index) ? [...people, 59] : people)
    }),
    ...numbers(20).flatMap((project) =>
      roles.map((role) =>
        roleBinding(`p${project}-${role.toLowerCase()}`, project, role, [{ group: groupName(project) }]),
      ),
    ),
    ...numbers(40).map((space) => spaceGrant(`s${space}`, space, [{ group: groupName(space) }])),
    membership('found', groupName(59), [0]),
    roleBinding('found', 19, 'Viewers', [{ email: email(0) }]),
    spaceGrant('found', 39, [{ email: email(0) }]),
  ]
}

type Places = ReadonlyMap<string, ReadonlySet<string>>

interface Spec {
  readonly name: string
  readonly group: string
  readonly members: readonly { readonly email: string }[]
  readonly projects: { readonly keys: readonly string[] }
  readonly spaces: { readonly keys: readonly string[] }
  readonly role: string
  readonly subjects: readonly { readonly group?: string; readonly email?: string }[]
}

const idOf = (address: string): string => accountId(Number(/\d+/.exec(address)![0]))
const actorOf = ({ group, email }: Spec['subjects'][number]): string =>
  group === undefined ? `user:${idOf(email!)}` : `group:${group.replace('group-', 'g')}`

/** What a manifest asks for: places, and who is to be there. */
const claims: Readonly<Record<string, (spec: Spec) => readonly [string, readonly string[]]>> = {
  AtlassianGroup: ({ name }) => [name, []],
  AtlassianGroupMembership: ({ group, members }) => [group, members.map((each) => idOf(each.email))],
  JiraRoleBinding: ({ projects, role, subjects }) => [`${projects.keys[0]} ${role}`, subjects.map(actorOf)],
  ConfluenceSpaceGrant: ({ spaces, role, subjects }) => [
    spaces.keys[0]!,
    subjects.map(({ group, email }) => `${group ?? email}: ${role}`),
  ],
}

/** Who is where, as the declaration says it on top of what the world began with. */
function wanted(manifests: readonly Manifest[], before: Places): Places {
  const places = new Map(before)
  for (const { kind, spec } of manifests) {
    const [place, who] = claims[kind]!(spec as unknown as Spec)
    places.set(place, new Set([...(places.get(place) ?? []), ...who]))
  }
  return places
}

function present({ world }: Sandbox): Places {
  const places = new Map<string, ReadonlySet<string>>()
  const seed = world.export()
  for (const { name } of seed.groups) places.set(name, new Set(world.members(name)))
  for (const project of numbers(sizes.projects).map(projectKey))
    for (const role of roles) places.set(`${project} ${role}`, new Set(world.actors({ site: 'acme', project, role })))
  for (const { key, access = [] } of seed.sites[0]!.confluence!.spaces)
    places.set(key, new Set(access.map(({ user, group, role }) => `${user ?? group}: ${role}`)))
  return places
}

describeInCluster('a controller over two hundred objects', () => {
  let stage: Stage
  let plane: ControlPlane
  let sandbox: Sandbox
  /** As the world was before anything was declared. */
  let before: Places
  let controller: ControllerProcess

  beforeAll(async () => {
    stage = await openStage(worldOf(sizes))
    sandbox = stage.sandbox
    plane = stage.plane
    before = present(sandbox)
    controller = await stage.begin()
  })
  afterAll(() => stage.close())

  async function kubectl(argv: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await plane.kubectl(argv, input === undefined ? {} : { input })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    return stdout
  }
  const apply = (items: readonly object[]) => kubectl(['apply', '--server-side', '-f', '-'], list(items))
  const unready = async (): Promise<number> => {
    const all = await Promise.all(
      kinds.map((kind) => plane.call('GET', `/apis/roster.dev/v1alpha1/namespaces/platform/${kind}`)),
    )
    return all.flatMap(({ body }) => body['items'] as readonly Judged[]).filter((each) => !isReady(each)).length
  }
  const ready = () => expect.poll(unready, { timeout: 60_000 }).toBe(0)
  const counts = () => ({ writes: sandbox.journal.writes().length, reads: sandbox.journal.reads().length })

  /** Calls and time until everything is as declared; then until every object says so. */
  async function measured(what: string, items: readonly Manifest[], work: () => Promise<unknown>) {
    sandbox.journal.clear()
    const startedMs = performance.now()
    await work()
    await expect.poll(() => present(sandbox), { timeout: 60_000 }).toEqual(wanted(items, before))
    const tookMs = Math.round(performance.now() - startedMs)
    await ready()
    const { writes, reads } = counts()
    figure(`${what}: ${tookMs} ms, ${writes} writes, ${reads} reads`)
    return { writes, reads }
  }

  test('applied, it converges: the world is as declared, with one write for each difference', async () => {
    await apply([secret(), organization({ guardrails })])
    await kubectl(['wait', '--for=condition=Ready', '-n', 'platform', 'atorg/acme', '--timeout=30s'])
    const { writes } = await measured('200 objects applied', declared(), () => apply(declared()))
    expect(writes).toBe(20 + 2 * 76 + 60 + 40)
    await kubectl([
      'wait',
      '--for=condition=Ready',
      '--all',
      '-n',
      'platform',
      'confluencespacegrants',
      '--timeout=30s',
    ])
  })

  test('a pass over everything reads what it must, and writes nothing', async () => {
    const { writes, reads } = await measured('a pass over everything', declared(), async () => {
      await annotate('first')
      await expect.poll(handled, { timeout: 30_000 }).toBe('first')
    })
    expect(writes).toBe(0)
    // people and groups by hundreds; project keys by fifties, the roles, a call a role; space keys by 250, the model, the
    // space roles, a call a space
    const bound = 1 + 1 + (1 + 1 + 20 * roles.length) + (1 + 2 + 40)
    figure(`a pass over everything: ${reads} reads, ${bound} at least`)
    expect(reads).toBe(bound)
  })

  test('edited, twenty objects cost one write each', async () => {
    const edited = declared(extra).filter(isExtra)
    const { writes, reads } = await measured('20 objects edited', declared(extra), () => apply(edited))
    expect(edited).toHaveLength(20)
    expect(writes).toBe(20)
    // at most one for the members of each, and one for the people
    expect(reads).toBeLessThanOrEqual(2 * 20)
  })

  test('deleted, fifty objects take back what they gave, and are let go', async () => {
    const rest = declared(extra).filter((each) => !isDeleted(each))
    const gone = declared(extra).filter(isDeleted)
    const { writes } = await measured('50 objects deleted', rest, () =>
      kubectl(['delete', '-f', '-', '--wait=true', '--timeout=60s'], list(gone)),
    )
    expect(gone).toHaveLength(50)
    // twenty groups of two members, twenty roles, ten spaces
    expect(writes).toBe(2 * 20 + 20 + 10)
  })

  test('what somebody changes by hand is put right by the next pass over everything', async () => {
    const rest = declared(extra).filter((each) => !isDeleted(each))
    const { writes } = await measured('3 changes by hand', rest, async () => {
      sandbox.world.removeMember(groupName(59), accountId(0))
      sandbox.world.removeActor({ site: 'acme', project: 'P19', role: 'Viewers' }, { user: accountId(0) })
      sandbox.world.revokeSpace('acme', 'S39', { user: accountId(0) })
      await annotate('second')
    })
    expect(writes).toBe(3)
  })

  test('told to end, it gives its Leases back', async () => {
    await controller.end('SIGTERM')
    const { body } = await plane.call('GET', '/apis/coordination.k8s.io/v1/namespaces/platform/leases/roster-acme')
    expect(body['spec']).toMatchObject({ holderIdentity: '' })
    expect(controller.log().at(-1)).toMatchObject({ msg: 'the controller has ended' })
  })

  const annotate = (token: string) =>
    kubectl(['annotate', '--overwrite', '-n', 'platform', 'atorg/acme', `reconcile.fluxcd.io/requestedAt=${token}`])
  const handled = () =>
    kubectl(['get', '-n', 'platform', 'atorg/acme', '-o', 'jsonpath={.status.lastHandledReconcileAt}'])
})

interface Judged {
  readonly metadata: { readonly generation: number }
  readonly status: {
    readonly observedGeneration: number
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

const isReady = ({ metadata, status: { observedGeneration, conditions = [] } }: Judged): boolean =>
  observedGeneration === metadata.generation &&
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True')

const extra = new Set(numbers(20))
const isExtra = ({ kind, metadata: { name } }: Manifest): boolean =>
  kind === 'AtlassianGroupMembership' && [...extra].some((index) => groupName(index) === name)
/** Members of twenty groups that keep one, a role of each project, the last ten spaces. */
const isDeleted = ({ kind, metadata: { name } }: Manifest): boolean =>
  (kind === 'AtlassianGroupMembership' && /^group-[23]\d$/.test(name)) ||
  (kind === 'JiraRoleBinding' && name.endsWith('-developers')) ||
  (kind === 'ConfluenceSpaceGrant' && Number(name.slice(1)) >= 30)
