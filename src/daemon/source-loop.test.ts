import { describe, expect, test } from 'vitest'
import type { Clock } from '../core/ports.ts'
import { createLog } from '../report/log.ts'
import { createMetrics } from '../report/metrics.ts'
import type { Candidate, Refusal } from '../source/git/revision.ts'
import type { DeclarationSource, Snapshot } from './snapshot.ts'
import { startSourceLoop } from './source-loop.ts'

const snapshot = (commit: string): Snapshot => ({
  commit,
  declaration: { manifests: [], diagnostics: [], texts: new Map() },
  cwd: '/',
  root: '/',
  source: '.',
  store: () => {
    throw new Error('nobody asks for the state here')
  },
  tokens: () => {
    throw new Error('nobody asks for tokens here')
  },
})

const taken = (commit: string): Candidate<Snapshot> => ({ taken: snapshot(commit) })
const unchanged = (commit: string): Candidate<Snapshot> => ({ unchanged: commit })
const refused = (reason: Refusal['reason'], commit?: string): Candidate<Snapshot> => ({
  refused: { reason, message: 'it is bad', ...(commit !== undefined && { commit }) },
})

type Step = Candidate<Snapshot> | Error

/** The loop over these looks, and what it said. */
async function looks(steps: readonly Step[], recalled?: string) {
  const end = new AbortController()
  const said: string[] = []
  const clock: Clock = { now: () => 0, sleep: async () => {} }
  const metrics = createMetrics({ clock, version: '0', process: false })
  const told: string[] = []
  const rest = [...steps]
  const source: DeclarationSource = {
    type: 'git',
    id: 'x',
    look: async () => {
      const step = rest.shift()!
      if (step instanceof Error) throw step
      return step
    },
    watch: () => () => void said.push('not watched any more'),
    recall: async () => snapshot('x'),
  }
  const write = (line: string): void => {
    const { level, msg, revision } = JSON.parse(line) as { level: string; msg: string; revision?: string }
    said.push(`${level}: ${msg}${revision === undefined ? '' : ` (${revision})`}`)
  }
  const loop = startSourceLoop({
    source,
    pollMs: 1,
    clock,
    metrics,
    log: createLog({ write, level: 'info', format: 'json', clock }),
    signal: end.signal,
    ...(recalled !== undefined && { recalled: snapshot(recalled) }),
    onTaken: (after, before) => void told.push(`${before?.commit ?? 'nothing'} to ${after.commit}`),
    onLook: () => {
      if (rest.length === 0) end.abort()
    },
  })
  await loop.over
  const [, current] = /^roster_source_current\{source="git"\} (\d)$/m.exec(await metrics.render()) ?? []
  return { told, said: said.slice(0, -1), good: loop.inForce().good?.commit, current, ended: said.at(-1) }
}

const stays = 'error: the last good declaration stays in force'
const nothing = 'error: there is no declaration that can be taken: nothing is done'

interface Case {
  readonly steps: readonly Step[]
  readonly recalled?: string
  readonly told: readonly string[]
  readonly said: readonly string[]
  readonly good: string | undefined
  readonly current?: string
}

const cases: Readonly<Record<string, Case>> = {
  'a revision that moves is told with the one before it': {
    steps: [taken('a'), unchanged('a'), taken('b')],
    told: ['nothing to a', 'a to b'],
    said: [],
    good: 'b',
    current: '1',
  },
  'a bad one leaves the good one in force, and is told once however often it is seen': {
    steps: [taken('a'), refused('NOT_PARSED', 'b'), unchanged('b'), refused('NOT_PARSED', 'b')],
    told: ['nothing to a'],
    said: [`${stays} (a)`],
    good: 'a',
    current: '0',
  },
  'another bad one is told again': {
    steps: [taken('a'), refused('NOT_PARSED', 'b'), refused('NOT_PARSED', 'c')],
    told: ['nothing to a'],
    said: [`${stays} (a)`, `${stays} (a)`],
    good: 'a',
    current: '0',
  },
  'a bad one that is taken back is mended': {
    steps: [taken('a'), refused('NOT_PARSED', 'b'), unchanged('a')],
    told: ['nothing to a'],
    said: [`${stays} (a)`, 'info: what was refused is no more, the newest declaration is in force'],
    good: 'a',
    current: '1',
  },
  'a bad one at the start leaves nothing in force': {
    steps: [refused('NOT_PARSED', 'b')],
    told: [],
    said: [nothing],
    good: undefined,
    current: '0',
  },
  'a bad one at the start brings back what was in force before': {
    steps: [refused('NOT_PARSED', 'b'), taken('c')],
    recalled: 'a',
    told: ['nothing to a', 'a to c'],
    said: [`${stays} (a)`],
    good: 'c',
    current: '1',
  },
  'a good one at the start brings nothing back': {
    steps: [taken('b'), refused('NOT_PARSED', 'c')],
    recalled: 'a',
    told: ['nothing to b'],
    said: [`${stays} (b)`],
    good: 'b',
    current: '0',
  },
  'a repository that is away at the start brings back what was in force before': {
    steps: [refused('UNREACHABLE')],
    recalled: 'a',
    told: ['nothing to a'],
    said: [`${stays} (a)`],
    good: 'a',
  },
  'the very commit that is refused is not brought back: who signed it may not be trusted any more': {
    steps: [refused('NOT_VERIFIED', 'a')],
    recalled: 'a',
    told: [],
    said: [nothing],
    good: undefined,
    current: '0',
  },
  'a failure to look is told once, and so is its end': {
    steps: [taken('a'), new Error('no disk'), new Error('no disk'), unchanged('a')],
    told: ['nothing to a'],
    said: ['error: the source cannot be read, what is in force goes on', 'info: the source can be read again'],
    good: 'a',
    current: '1',
  },
  'a failure to look at the start brings back what was in force before': {
    steps: [new Error('no disk')],
    recalled: 'a',
    told: ['nothing to a'],
    said: ['error: the source cannot be read, what is in force goes on'],
    good: 'a',
  },
}

describe('looking at a source', () => {
  for (const [sentence, { steps, recalled, ...expected }] of Object.entries(cases))
    test(sentence, async () => {
      expect(await looks(steps, recalled)).toMatchObject({ ...expected, ended: 'not watched any more' })
    })

  test('a look that the end has broken off is told to nobody', async () => {
    const end = new AbortController()
    const said: string[] = []
    const clock: Clock = { now: () => 0, sleep: async () => {} }
    const loop = startSourceLoop({
      source: {
        type: 'git',
        id: 'x',
        look: async () => {
          end.abort()
          return refused('UNREACHABLE')
        },
        watch: () => () => {},
        recall: async () => snapshot('x'),
      },
      pollMs: 1,
      clock,
      metrics: createMetrics({ clock, version: '0', process: false }),
      log: createLog({ write: (line) => void said.push(line), level: 'info', format: 'json', clock }),
      signal: end.signal,
      onTaken: () => void said.push('taken'),
      onLook: () => {},
    })
    await loop.over
    expect(said).toEqual([])
  })
})
