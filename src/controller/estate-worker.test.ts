import { expect, test } from 'vitest'
import type { Clock } from '../core/ports.ts'
import { createLog } from '../report/log.ts'
import { createMetrics, type Metrics } from '../report/metrics.ts'
import { createConfigMapStore } from '../state/config-map-store.ts'
import { startEstateWorker, type Sight } from './estate-worker.ts'

const clock: Clock = {
  now: () => Date.UTC(2026, 10, 25),
  // no time passes
  sleep: (_ms, signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
}
const configMaps = {
  read: async () => undefined,
  write: async () => '1',
  remove: async () => {},
}

const start = (metrics: Metrics, look: () => Sight | undefined) =>
  startEstateWorker({
    key: 'platform/acme',
    look,
    store: createConfigMapStore(configMaps, 'roster-acme'),
    ports: {
      objects: { hold: async () => {}, release: async () => {}, tell: async () => {} },
      configMaps,
      secrets: { read: async () => undefined },
      labelsOf: () => undefined,
      mayWrite: () => true,
      clock,
      random: () => 0.5,
      env: {},
      cwd: '/',
    },
    log: createLog({ write: () => {}, level: 'silent', format: 'json', clock }),
    metrics,
    queueMetrics: metrics.queue('organization'),
  })

test('counts of an organization that another process works on now are not told any more', async () => {
  const metrics = createMetrics({ clock, version: '1.0.0', process: false })
  // it is gone from the cluster: no pass is made
  const worker = start(metrics, () => undefined)
  const told = async () => (await metrics.render()).match(/^roster_(unread|scopes|last_success\w+){.*acme.*$/gm) ?? []
  const plan = { scopes: [], digest: '' }
  const facts = { plan, diagnostics: [], outcomes: [], isWhole: true, durationMs: 1 }
  metrics.passed({ organization: 'platform/acme', kind: 'sweep', ...facts })
  expect(await told()).not.toEqual([])
  await worker.stop()
  await worker.done
  expect(await told()).toEqual([])
})

test('ends of credentials are told by who works on the organization, also while a Secret is missing', async () => {
  const valueFrom = { secretKeyRef: { name: 'acme', key: 'api' } }
  const organization = {
    apiVersion: 'roster.dev/v1alpha1',
    kind: 'AtlassianOrganization',
    metadata: { namespace: 'platform', name: 'acme' },
    spec: {
      organizationId: 'organization-1',
      directoryId: 'directory-1',
      credentials: { organization: { valueFrom, expiresAt: '2027-01-31' } },
    },
  }
  const estate = { key: 'platform/acme', organization, members: [], leaving: [] }
  const metrics = createMetrics({ clock, version: '1.0.0', process: false })
  const ends = async () => (await metrics.render()).match(/^roster_credential_expiry\w+{.*$/gm) ?? []
  const worker = start(metrics, () => ({ estate, strays: [] }))
  await expect.poll(ends).toEqual([expect.stringContaining('credential="organization"')])
  await worker.stop()
  await worker.done
  expect(await ends()).toEqual([])
})
