import { describe, expect, test } from 'vitest'
import { emptyState } from '../core/state.ts'
import type { ClusterObject } from './cluster-object.ts'
import { declarationOf, sortByOrganization, withLastWords } from './estates.ts'

type Meta = Partial<ClusterObject['metadata']>
const object = (kind: string, at: string, spec: unknown = {}, meta: Meta = {}): ClusterObject => {
  const [namespace = '', name = ''] = at.split('/')
  return { apiVersion: 'roster.dev/v1alpha1', kind, metadata: { namespace, name, ...meta }, spec }
}
const organization = (at: string, spec: unknown = {}) => object('AtlassianOrganization', at, spec)
const group = (at: string, spec: unknown = {}, meta: Meta = {}) => object('AtlassianGroup', at, spec, meta)
const delegating = { delegations: [{ from: { namespace: 'pay' }, groups: ['pay-*'] }] }
const toAcme = { organizationRef: { name: 'acme', namespace: 'platform' } }

const table: Record<string, readonly [readonly ClusterObject[], Record<string, string>]> = {
  'without a reference it is the only organization of the namespace': [
    [organization('platform/acme'), group('platform/devs')],
    { 'platform/devs': 'platform/acme' },
  ],
  'an organization of another namespace is not in sight': [
    [organization('platform/acme'), group('pay/devs')],
    { 'pay/devs': 'NO_ORGANIZATION' },
  ],
  'of two in the namespace one must be named': [
    [organization('platform/acme'), organization('platform/beta'), group('platform/devs')],
    { 'platform/devs': 'NO_ORGANIZATION' },
  ],
  'a named one of the same namespace is taken': [
    [
      organization('platform/acme'),
      organization('platform/beta'),
      group('platform/devs', { organizationRef: { name: 'beta' } }),
    ],
    { 'platform/devs': 'platform/beta' },
  ],
  'one that is not there is a mistake': [
    [organization('platform/acme'), group('platform/devs', { organizationRef: { name: 'acem' } })],
    { 'platform/devs': 'NO_ORGANIZATION' },
  ],
  'without delegations nothing of another namespace is taken': [
    [organization('platform/acme'), group('pay/devs', toAcme)],
    { 'pay/devs': 'NOT_DELEGATED' },
  ],
  'with delegations it is taken, for them to judge': [
    [organization('platform/acme', delegating), group('pay/devs', toAcme)],
    { 'pay/devs': 'platform/acme' },
  ],
}

describe('the organization of an object:', () => {
  test.each(Object.entries(table))('%s', (_name, [objects, expected]) => {
    const { estates, strays } = sortByOrganization(objects)
    const at = ({ metadata }: ClusterObject) => `${metadata.namespace}/${metadata.name}`
    const taken = estates.flatMap(({ key, members }) => members.map((each) => [at(each), key]))
    const left = strays.map((each) => [at(each.object), each.diagnostic.code])
    expect(Object.fromEntries([...taken, ...left])).toEqual(expected)
  })
})

const isDeleted = { deletionTimestamp: '2026-11-20T00:00:00Z' }

test('a deleted object declares nothing any more and waits among those that leave', () => {
  const { estates, strays } = sortByOrganization([
    organization('p/acme'),
    group('p/devs', {}, isDeleted),
    group('p/ops'),
  ])
  expect(declarationOf(estates[0]!, strays, []).manifests.map(({ origin }) => origin.file)).toEqual([
    'AtlassianOrganization/p/acme',
    'AtlassianGroup/p/ops',
  ])
  expect(estates[0]!.leaving.map(({ metadata }) => metadata.name)).toEqual(['devs'])
})

const applied = [{ kind: 'AtlassianGroup', name: 'devs', namespace: 'pay', spec: {}, origin: { file: 'x' } }]

describe('a stray', () => {
  const lost = (at: string, meta: Meta = {}) => group(at, { organizationRef: { name: 'acem', namespace: 'p' } }, meta)
  const held = (stray: ClusterObject) => {
    const { estates, strays } = sortByOrganization([organization('p/acme', delegating), stray])
    return declarationOf(estates[0]!, strays, applied).diagnostics.length
  }
  test('of the same namespace holds removals', () => expect(held(lost('p/ops'))).toBe(1))
  test('that was applied before holds removals, or a typing error would withdraw', () =>
    expect(held(lost('pay/devs'))).toBe(1))
  test('of another namespace cannot stop the organization', () => expect(held(lost('evil/x'))).toBe(0))
  test('that is on its way out holds nothing', () => expect(held(lost('p/ops', isDeleted))).toBe(0))
})

test('Retain counts also where it was set after the last pass', () => {
  const meta = { ...isDeleted, annotations: { 'roster.dev/deletion': 'Retain' } }
  const state = withLastWords({ ...emptyState, applied }, [group('pay/devs', { changed: true }, meta)])
  expect(state.applied).toEqual([{ ...applied[0], annotations: { 'roster.dev/deletion': 'Retain' } }])
})
