import type { JournalEntry } from '../../src/sandbox/journal.ts'
import { startSandbox, type Sandbox } from '../../src/sandbox/start-sandbox.ts'
import { parseWorldSeed, type WorldSeed } from '../../src/sandbox/world-seed.ts'
import type { Answer, ControlPlane } from './control-plane.builder.ts'

/** An organization of the cluster, in a namespace of its own, and the Atlassian Cloud behind it. */
export interface Estate {
  readonly namespace: string
  /** The key that it is called with, as a bearer. */
  readonly key: string
  readonly sandbox: Sandbox
  /** The organization and its Secret, in a namespace that is there. */
  declare(): Promise<void>
  /** Applies the AtlassianGroupMembership of a group: who is to be in it, by number. */
  grant(group: string, people: readonly number[]): Promise<void>
  /** Deletes it, so that what it gave is withdrawn. Does not wait. */
  withdraw(group: string): Promise<void>
  /** Objects that are not Ready as they are declared now, with what they say. */
  unready(): Promise<readonly string[]>
  /** Asks for a pass over everything, by the annotation of Flux. Its token comes back with `handled`. */
  ask(token: string): Promise<void>
  handled(): Promise<string | undefined>
  /** Every write of a member that was let through, in order of arrival: `+3 devs`, `-3 devs`; of others their operation. */
  writes(): readonly string[]
  /** `devs: 0 1 2`, of the groups with more than person 0, who is in each from the start. */
  members(): readonly string[]
  close(): Promise<void>
}

export interface EstateOptions {
  readonly namespace: string
  readonly people: number
  readonly groups: readonly string[]
  /** How long Atlassian takes for each write. */
  readonly writeMs?: number
}

const keyOf = (namespace: string): string => `key-of-${namespace}`
const accountPrefix = '712020:p'

export async function openEstate(plane: ControlPlane, options: EstateOptions): Promise<Estate> {
  const { namespace, groups } = options
  const sandbox = await openSandbox(options)
  const apply = applier(plane, namespace)
  const listed = async (plural: string) => {
    const { body } = await plane.call('GET', `/apis/roster.dev/v1alpha1/namespaces/${namespace}/${plural}`)
    return body['items'] as readonly Listed[]
  }
  return {
    namespace,
    key: keyOf(namespace),
    sandbox,
    declare: async () => {
      const data = { api: Buffer.from(keyOf(namespace)).toString('base64') }
      await done(plane.call('POST', `/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'acme' }, data }))
      await apply('AtlassianOrganization', 'acme', { spec: organizationSpec(namespace) })
    },
    grant: (group, people) =>
      apply('AtlassianGroupMembership', group, {
        spec: { group, authority: 'Additive', members: people.map((person) => ({ email: `p${person}@acme.com` })) },
      }),
    withdraw: (group) => done(plane.call('DELETE', pathOf(namespace, 'AtlassianGroupMembership', group))),
    unready: async () =>
      [...(await listed('atlassianorganizations')), ...(await listed('atlassiangroupmemberships'))].flatMap(complaint),
    ask: (token) =>
      apply('AtlassianOrganization', 'acme', {
        metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': token } },
        spec: organizationSpec(namespace),
      }),
    handled: async () => (await listed('atlassianorganizations'))[0]?.status?.lastHandledReconcileAt,
    writes: () => sandbox.journal.writes().map((entry) => shown(entry, sandbox)),
    members: () =>
      groups
        .map((group) => `${group}: ${sandbox.world.members(group).map(personOf).toSorted().join(' ')}`)
        .filter((each) => !each.endsWith(': 0')),
    close: () => sandbox.close(),
  }
}

async function openSandbox(options: EstateOptions): Promise<Sandbox> {
  const { writeMs: delayMs = 0 } = options
  const sandbox = await startSandbox({ world: seedOf(options), record: true })
  for (const operation of ['addUserToGroup', 'removeUserFromGroup'])
    sandbox.faults.add({ match: { operation }, effect: { kind: 'slow', delayMs } })
  return sandbox
}

interface Listed {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly generation: number }
  readonly status?: {
    readonly observedGeneration?: number
    readonly lastHandledReconcileAt?: string
    readonly conditions?: readonly Condition[]
  }
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly message: string
}

function complaint({ metadata: { name, generation }, status }: Listed): readonly string[] {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  if (status?.observedGeneration === generation && ready?.status === 'True') return []
  return [`${name}: generation ${generation}, seen ${status?.observedGeneration}: ${ready?.message}`]
}

const personOf = (accountId = ''): string => accountId.slice(accountPrefix.length)

function shown({ operation, status, recorded }: JournalEntry, { world }: Sandbox): string {
  const { groupId = '', accountId } = recorded?.params ?? {}
  const group = world.state.groups.get(groupId)?.name
  if (status < 300 && operation === 'removeUserFromGroup') return `-${personOf(accountId)} ${group}`
  if (status >= 300 || operation !== 'addUserToGroup') return `${operation} ${status}`
  const { accountId: added } = JSON.parse(recorded!.sent) as { readonly accountId: string }
  return `+${personOf(added)} ${group}`
}

const seedOf = ({ namespace, people, groups }: EstateOptions): WorldSeed =>
  parseWorldSeed(
    JSON.stringify({
      organization: {
        id: `organization-${namespace}`,
        name: 'Acme',
        directory: { id: 'directory-1', name: 'Primary' },
        verifiedDomains: ['acme.com'],
      },
      credentials: { organizationApiKeys: [{ name: 'roster', key: keyOf(namespace) }] },
      sites: [{ name: 'acme', cloudId: 'cloud-1', products: [] }],
      accounts: Array.from({ length: people }, (_, index) => ({
        id: `${accountPrefix}${index}`,
        email: `p${index}@acme.com`,
        name: `Person ${index}`,
      })),
      // nobody may empty a group without being asked: person 0 stays
      groups: groups.map((name) => ({ id: `group-${name}`, name, members: ['p0@acme.com'] })),
    }),
  )

const organizationSpec = (namespace: string) => ({
  organizationId: `organization-${namespace}`,
  directoryId: 'directory-1',
  credentials: { organization: { valueFrom: { secretKeyRef: { name: 'acme', key: 'api' } } } },
})

const pathOf = (namespace: string, kind: string, name: string): string =>
  `/apis/roster.dev/v1alpha1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`

const applier =
  ({ call }: ControlPlane, namespace: string) =>
  async (kind: string, name: string, { metadata = {}, ...object }: { readonly metadata?: object; spec: object }) => {
    const path = `${pathOf(namespace, kind, name)}?fieldManager=test&force=true`
    const whole = { apiVersion: 'roster.dev/v1alpha1', kind, metadata: { ...metadata, name }, ...object }
    await done(call('PATCH', path, whole, 'application/apply-patch+yaml'))
  }

async function done(answer: Promise<Answer>): Promise<void> {
  const { status, body } = await answer
  if (status >= 300) throw new Error(`it was refused: ${JSON.stringify(body)}`)
}
