import { expect, test } from 'vitest'
import { nextRevision, type Candidate, type InForce, type Refusal, type RevisionEvent } from './revision.ts'

interface Good {
  readonly commit: string
}

const good: Good = { commit: 'good' }
const broken: Refusal = { reason: 'NOT_PARSED', commit: 'broken', message: 'commit broken is not taken' }
const away: Refusal = { reason: 'UNREACHABLE', message: 'no network' }
const since = { sinceMs: 100, times: 1 }

interface Case {
  readonly before: InForce<Good>
  readonly candidate: Candidate<Good>
  readonly event: RevisionEvent
  readonly after: InForce<Good>
}

/** Each look is at 200. */
const cases: Readonly<Record<string, Case>> = {
  'the first good one is taken': {
    before: {},
    candidate: { taken: good },
    event: 'taken',
    after: { good, heardAtMs: 200 },
  },
  'the same one again is nothing new': {
    before: { good, heardAtMs: 100 },
    candidate: { unchanged: 'good' },
    event: 'unchanged',
    after: { good, heardAtMs: 200 },
  },
  'a bad one leaves the good one in force': {
    before: { good, heardAtMs: 100 },
    candidate: { refused: broken },
    event: 'refused',
    after: { good, heardAtMs: 200, refused: { ...broken, sinceMs: 200, times: 1 } },
  },
  'a bad one at first leaves nothing in force': {
    before: {},
    candidate: { refused: broken },
    event: 'refused',
    after: { heardAtMs: 200, refused: { ...broken, sinceMs: 200, times: 1 } },
  },
  'the bad one is still there, and was not read again': {
    before: { good, refused: { ...broken, ...since } },
    candidate: { unchanged: 'broken' },
    event: 'unchanged',
    after: { good, refused: { ...broken, ...since }, heardAtMs: 200 },
  },
  'the same refusal again is counted from its first time': {
    before: { good, refused: { ...broken, ...since } },
    candidate: { refused: broken },
    event: 'still-refused',
    after: { good, heardAtMs: 200, refused: { ...broken, sinceMs: 100, times: 2 } },
  },
  'another bad one is a refusal of its own': {
    before: { good, refused: { ...broken, ...since } },
    candidate: { refused: { ...broken, commit: 'worse' } },
    event: 'refused',
    after: { good, heardAtMs: 200, refused: { ...broken, commit: 'worse', sinceMs: 200, times: 1 } },
  },
  'a good one after a bad one is taken': {
    before: { good, refused: { ...broken, ...since } },
    candidate: { taken: { commit: 'better' } },
    event: 'taken',
    after: { good: { commit: 'better' }, heardAtMs: 200 },
  },
  'back to the good one, the bad one is forgotten': {
    before: { good, refused: { ...broken, ...since } },
    candidate: { unchanged: 'good' },
    event: 'mended',
    after: { good, heardAtMs: 200 },
  },
  'no network is not hearing of it': {
    before: { good, heardAtMs: 100 },
    candidate: { refused: away },
    event: 'refused',
    after: { good, heardAtMs: 100, refused: { ...away, sinceMs: 200, times: 1 } },
  },
  'the network is back, and nothing has changed': {
    before: { good, heardAtMs: 100, refused: { ...away, ...since } },
    candidate: { unchanged: 'good' },
    event: 'mended',
    after: { good, heardAtMs: 200 },
  },
}

for (const [name, { before, candidate, event, after }] of Object.entries(cases)) {
  test(name, () => expect(nextRevision(before, candidate, 200)).toEqual({ inForce: after, event }))
}
