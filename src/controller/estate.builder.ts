import { createPassMemory } from '../run/session-options.ts'
import { createConfigMapStore, type ConfigMapData, type ConfigMaps } from '../state/config-map-store.ts'
import { createClaims } from './claims.ts'
import type { ClusterObject } from './cluster-object.ts'
import { createMoves } from './moves.ts'
import type { ObjectWrites } from './object-writes.ts'
import type { EstatePorts } from './reconcile-estate.ts'
import { createTenureStore } from './tenure-store.ts'

/** Two people, two groups. */
export const seed = JSON.stringify({
  organization: {
    id: 'organization-1',
    name: 'Acme',
    directory: { id: 'directory-1', name: 'Primary' },
    verifiedDomains: ['acme.com'],
  },
  credentials: { organizationApiKeys: [{ name: 'roster', key: 'organization-key' }] },
  sites: [{ name: 'acme', cloudId: 'cloud-1', products: [] }],
  accounts: ['ana', 'bob'].map((name) => ({ id: `712020:${name}`, email: `${name}@acme.com`, name })),
  groups: ['devs', 'ops'].map((name) => ({ id: `group-${name}`, name, members: ['ana@acme.com'] })),
})

export type Meta = Partial<ClusterObject['metadata']>

export const clusterObject = (kind: string, name: string, spec: unknown, meta: Meta = {}): ClusterObject => ({
  apiVersion: 'roster.dev/v1alpha1',
  kind,
  metadata: { namespace: 'platform', name, generation: 1, uid: `uid-${name}`, ...meta },
  spec,
})

export const acme = (more: object = {}, meta: Meta = {}): ClusterObject =>
  clusterObject(
    'AtlassianOrganization',
    'acme',
    {
      organizationId: 'organization-1',
      directoryId: 'directory-1',
      credentials: { organization: { valueFrom: { secretKeyRef: { name: 'acme', key: 'api' } } } },
      ...more,
    },
    meta,
  )

/** Bob in a group. */
export const crew = (group: string, meta: Meta = {}, more: object = {}): ClusterObject =>
  clusterObject(
    'AtlassianGroupMembership',
    group,
    { group, authority: 'Additive', members: [{ email: 'bob@acme.com', ...more }] },
    meta,
  )

export interface World {
  readonly ports: Omit<EstatePorts, 'signal'>
  readonly configMaps: ConfigMaps
  /** `hold acme`, `tell devs: Ready=True Succeeded`, in their order. */
  readonly told: string[]
  /** `POST addUserToGroup`, as Atlassian has seen them. */
  readonly writes: () => readonly string[]
  readonly close: () => Promise<void>
}

/** What a sandbox has, which tests alone may load. */
interface Atlassian {
  readonly url: string
  readonly journal: {
    readonly writes: () => readonly { readonly method: string; readonly operation?: string | undefined }[]
  }
  readonly close: () => Promise<void>
}

/** An organization of two people and two groups at a sandbox, and ports of a process that is its writer. */
export async function startWorld(start: (seed: string, now: () => number) => Promise<Atlassian>): Promise<World> {
  let nowMs = Date.UTC(2026, 10, 20)
  const sandbox = await start(seed, () => nowMs)
  const configMaps = createConfigMaps()
  const told: string[] = []
  return {
    configMaps,
    told,
    writes: () => sandbox.journal.writes().map(({ method, operation }) => `${method} ${operation}`),
    close: () => sandbox.close(),
    ports: {
      store: createTenureStore(createConfigMapStore(configMaps, 'roster-acme')),
      memory: createPassMemory(),
      claims: createClaims(),
      moves: createMoves(),
      objects: tellingTo(told),
      configMaps,
      secrets: { read: async () => 'organization-key' },
      labelsOf: () => undefined,
      mayWrite: () => true,
      clock: { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) },
      random: () => 0.5,
      env: {},
      cwd: '/',
      sandboxUrl: sandbox.url,
    },
  }
}

const tellingTo = (told: string[]): ObjectWrites => ({
  hold: async ({ metadata }) => void told.push(`hold ${metadata.name}`),
  release: async ({ metadata }) => void told.push(`release ${metadata.name}`),
  tell: async ({ metadata }, { conditions }) => {
    const said = conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`)
    told.push(`tell ${metadata.name}: ${said.join(', ')}`)
  },
})

function createConfigMaps(): ConfigMaps {
  const kept = new Map<string, ConfigMapData>()
  let version = 0
  return {
    read: async (name) => kept.get(name),
    write: async (name, data) => {
      version += 1
      kept.set(name, { data, resourceVersion: `${version}` })
      return `${version}`
    },
    remove: async (name) => void kept.delete(name),
  }
}
