import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { kinds } from '../src/kinds/index.ts'
import type { Hold } from '../src/core/policy.ts'
import { argocd, healthOf, script } from './argocd.builder.ts'
import { calm, conditionsAfter, judge, type Situation } from '../src/report/conditions.ts'

const seen: Situation = { ...calm, entries: 2 }

/** An object at generation 2 whose last pass told this. */
const after = (situation: Partial<Situation>) => ({
  metadata: { generation: 2 },
  status: {
    observedGeneration: 2,
    conditions: conditionsAfter([], judge({ ...seen, ...situation }), { generation: 2, nowMs: 0 }),
  },
})

const held = (code: Hold['code']): Situation['held'] =>
  [{ change: {}, hold: { code, reason: 'more than 25 %' } }] as unknown as Situation['held']

const healths: Record<string, readonly [object: unknown, status: string, message: RegExp]> = {
  'an object as declared is healthy': [after({}), 'Healthy', /as declared/],
  'an object that nobody has looked at yet is progressing': [
    { metadata: { generation: 1 }, status: { observedGeneration: -1 } },
    'Progressing',
    /Waiting/,
  ],
  'an object without a status is progressing': [{ metadata: { generation: 1 } }, 'Progressing', /Waiting/],
  'an object that was changed since is progressing, whatever its conditions say': [
    { ...after({}), metadata: { generation: 3 } },
    'Progressing',
    /Waiting/,
  ],
  'an object that is being deleted is progressing': [
    { ...after({}), metadata: { generation: 2, deletionTimestamp: '2026-11-25T00:00:00Z' } },
    'Progressing',
    /withdrawn/,
  ],
  'an object with a scope that could not be read is progressing': [
    after({ unread: [{ scope: 's', message: 'no answer' }] as unknown as Situation['unread'] }),
    'Progressing',
    /no answer/,
  ],
  'an object with changes to come is progressing': [after({ planned: 3 }), 'Progressing', /3 changes/],
  'an object with a mistake is degraded': [
    after({
      diagnostics: [
        { severity: 'error', code: 'UNKNOWN_GROUP', message: 'no such group' },
      ] as unknown as Situation['diagnostics'],
    }),
    'Degraded',
    /no such group/,
  ],
  'an object that a guardrail holds is suspended': [after({ held: held('SCOPE_LIMIT') }), 'Suspended', /25 %/],
  'an object that is observed only and differs is degraded': [
    after({ held: held('OBSERVE_ONLY') }),
    'Degraded',
    /nothing is written/,
  ],
  'an object with a mistake and a scope that could not be read is tried again first': [
    after({
      diagnostics: [
        { severity: 'error', code: 'UNKNOWN_GROUP', message: 'no such group' },
      ] as unknown as Situation['diagnostics'],
      unread: [{ scope: 's', message: 'no answer' }] as unknown as Situation['unread'],
    }),
    'Progressing',
    /no answer/,
  ],
  'a suspended object is suspended': [after({ suspended: true }), 'Suspended', /suspended/],
}

test.each(Object.entries(healths))('%s', async (_, [object, status, message]) => {
  expect(await healthOf(object)).toEqual({ status, message: expect.stringMatching(message) as unknown })
})

test('the ConfigMap has the script for each kind', () => {
  const { data } = parse(readFileSync(join(argocd, 'argocd-cm.yaml'), 'utf8')) as { data: Record<string, string> }
  expect(data).toEqual(
    Object.fromEntries([...kinds.keys()].map((kind) => [`resource.customizations.health.roster.dev_${kind}`, script])),
  )
})
