import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../core/apply.ts'
import type { Clock } from '../core/ports.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { add, held, planScope, remove } from './plan.builder.ts'

let nowMs: number
let metrics: Metrics
const clock: Clock = { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) }

beforeEach(() => {
  nowMs = 1_800_000_000_000
  metrics = createMetrics({ clock, version: '1.2.3', process: false })
})

/** Lines that begin so, without comments. */
const shown = async (start: string) => (await metrics.render()).split('\n').filter((line) => line.startsWith(start))

const unread = { code: 'FORBIDDEN', message: 'no' } as const
const added = add('ana')
const outcome = (result: Outcome['result']): Outcome => ({ change: added, result })
const pass = {
  organization: 'acme',
  kind: 'sweep',
  diagnostics: [],
  outcomes: [outcome('done')],
  isWhole: true,
  durationMs: 200,
} as const
const scopes = [
  planScope('made', { changes: [added] }),
  planScope('left', { changes: [add('bob')] }),
  planScope('watched', { held: [held(add('cleo'), { code: 'OBSERVE_ONLY' })] }),
  planScope('held', { held: [held(remove('dan')), held(remove('eve'))] }),
  planScope('dark', { unread }),
]

describe('an organization', () => {
  test('shows how its places stand after a pass', async () => {
    metrics.passed({ ...pass, plan: { scopes, digest: '' } })
    expect(await shown('roster_scopes{')).toEqual([
      'roster_scopes{organization="acme",state="in_sync"} 1',
      'roster_scopes{organization="acme",state="pending"} 2',
      'roster_scopes{organization="acme",state="held"} 1',
      'roster_scopes{organization="acme",state="unread"} 1',
    ])
    expect(await shown('roster_held{')).toEqual([
      'roster_held{organization="acme",code="OBSERVE_ONLY"} 1',
      'roster_held{organization="acme",code="SCOPE_LIMIT"} 2',
    ])
    expect(await shown('roster_unread{')).toEqual(['roster_unread{organization="acme"} 1'])
    expect(await shown('roster_changes_total{')).toEqual([
      'roster_changes_total{organization="acme",kind="AtlassianGroupMembership",action="create",result="done"} 1',
    ])
    expect(await shown('roster_pass_seconds_sum{')).toEqual([
      'roster_pass_seconds_sum{organization="acme",kind="sweep"} 0.2',
    ])
  })

  test('keeps what is known of places that an edit does not touch', async () => {
    metrics.passed({ ...pass, plan: { scopes, digest: '' } })
    metrics.passed({ ...pass, kind: 'edit', isWhole: false, plan: { scopes: [planScope('dark')], digest: '' } })
    expect(await shown('roster_scopes{')).toContain('roster_scopes{organization="acme",state="held"} 1')
    expect(await shown('roster_unread{')).toEqual(['roster_unread{organization="acme"} 0'])
  })

  test('has succeeded only where everything was read, understood and written', async () => {
    const good = { ...pass, plan: { scopes: [planScope('made', { changes: [added] })], digest: '' } }
    metrics.passed({ ...good, outcomes: [outcome('failed')] })
    metrics.passed({ ...good, plan: { scopes: [planScope('dark', { unread })], digest: '' } })
    metrics.passed({ ...good, diagnostics: [{ code: 'UNKNOWN_USER', severity: 'error', message: 'ana@acme.com' }] })
    expect(await shown('roster_last_success')).toEqual([])
    expect(await shown('roster_diagnostics{')).toEqual([
      'roster_diagnostics{organization="acme",code="UNKNOWN_USER"} 1',
    ])
    metrics.passed(good)
    expect(await shown('roster_last_success')).toEqual([
      'roster_last_success_timestamp_seconds{organization="acme"} 1800000000',
    ])
  })

  test('that is gone is shown no more', async () => {
    metrics.passed({ ...pass, plan: { scopes: [planScope('a')], digest: '' } })
    metrics.forget('acme')
    expect(await shown('roster_scopes{')).toEqual([])
    expect(await shown('roster_last_success')).toEqual([])
  })

  test('never has its people in a label', async () => {
    metrics.passed({ ...pass, plan: { scopes, digest: '' } })
    metrics.called('acme', { request: 'GET /users/{account_id}/manage', status: 200, durationMs: 5 })
    expect(await metrics.render()).not.toMatch(/\b(ana|bob|dan|eve|cleo)\b/)
  })
})

describe('calls to Atlassian', () => {
  test.each([
    ['GET /rest/api/3/project/search', 'jira'],
    ['GET /wiki/api/v2/spaces', 'confluence'],
    ['PATCH /scim/directory/{directoryId}/Groups/{id}', 'scim'],
    ['POST /users/{account_id}/manage/lifecycle/disable', 'user-management'],
    ['GET /admin/control/v1/orgs/{orgId}/policies', 'control'],
    ['GET /v2/orgs/{orgId}/directories', 'organization'],
  ])('%s is of the API %s', async (request, api) => {
    metrics.called('acme', { request, status: 200, durationMs: 30 })
    const method = request.split(' ')[0]
    expect(await shown('roster_api_requests_total{')).toEqual([
      `roster_api_requests_total{organization="acme",api="${api}",method="${method}",status="200"} 1`,
    ])
  })

  test('that must wait count as parked, those that fail otherwise do not', async () => {
    const request = 'GET /rest/api/3/project/search'
    metrics.called('acme', { request, status: 429, durationMs: 1, retryInMs: 5_000 })
    metrics.called('acme', { request, durationMs: 1, retryInMs: 1_000 })
    expect(await shown('roster_parked_seconds_total{')).toEqual([
      'roster_parked_seconds_total{organization="acme",api="jira"} 5',
    ])
    expect(await shown('roster_api_requests_total{')).toContain(
      'roster_api_requests_total{organization="acme",api="jira",method="GET",status="none"} 1',
    )
  })
})

test('of the ends of credentials those are shown that are declared now', async () => {
  const ends = (...entries: readonly (readonly [string, number])[]) => metrics.credentialsEnd('acme', new Map(entries))
  ends(['organization', 1_000], ['acme', 2_000])
  ends(['organization', 3_000])
  const series = 'roster_credential_expiry_timestamp_seconds{'
  expect(await shown(series)).toEqual([`${series}organization="acme",credential="organization"} 3`])
  ends()
  expect(await shown(series)).toEqual([])
})

test('a queue is asked at each scrape, and work that runs is summed up', async () => {
  const queue = metrics.queue('roster')
  queue.watch({ depth: () => new Map([[100, 2]]), longestRunningMs: () => 3_000 })
  queue.added()
  queue.started(50)
  nowMs += 1_000
  queue.started(0)
  nowMs += 2_000
  expect(await shown('workqueue_depth{')).toEqual([
    'workqueue_depth{name="roster",controller="roster",priority="100"} 2',
  ])
  const unfinished = () => shown('workqueue_unfinished_work_seconds{')
  expect(await unfinished()).toEqual(['workqueue_unfinished_work_seconds{name="roster",controller="roster"} 5'])
  queue.finished(3_000)
  expect(await unfinished()).toEqual(['workqueue_unfinished_work_seconds{name="roster",controller="roster"} 2'])
  expect(await shown('workqueue_longest_running')).toEqual([
    'workqueue_longest_running_processor_seconds{name="roster",controller="roster"} 3',
  ])
})

test('a reconciliation that fails counts under both names', async () => {
  metrics.reconciled({ controller: 'roster', result: 'error', durationMs: 20 })
  metrics.reconciled({ controller: 'roster', result: 'requeue_after', durationMs: 20 })
  expect(await shown('controller_runtime_reconcile_total{')).toHaveLength(2)
  expect(await shown('controller_runtime_reconcile_errors_total{')).toEqual([
    'controller_runtime_reconcile_errors_total{controller="roster"} 1',
  ])
})

test('a newer declaration that is rejected shows, and one that cannot be fetched changes nothing', async () => {
  const current = () => shown('roster_source_current')
  metrics.looked('git', 'changed')
  metrics.inForce('git', 'c0ffee')
  metrics.looked('git', 'failed')
  expect(await current()).toEqual(['roster_source_current{source="git"} 1'])
  metrics.looked('git', 'rejected')
  expect(await current()).toEqual(['roster_source_current{source="git"} 0'])
  metrics.inForce('git', 'decade')
  expect(await shown('roster_source_revision{')).toEqual(['roster_source_revision{source="git",revision="decade"} 1'])
})

test('two sets of metrics in one process know nothing of each other', async () => {
  const other = createMetrics({ clock, version: '1.2.3', process: true })
  metrics.leading('acme', true)
  expect(await shown('leader_election_master_status{')).toEqual(['leader_election_master_status{name="acme"} 1'])
  expect(await other.render()).not.toContain('leader_election_master_status{')
  expect(await other.render()).toContain('process_resident_memory_bytes')
})
