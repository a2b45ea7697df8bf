import { createCloud } from './cloud.ts'
import { createConsistency } from './consistency.ts'
import { createFaults, type Faults } from './faults.ts'
import { createJournal, type Journal } from './journal.ts'
import { createPast } from './past.ts'
import { openPorts, type PortOptions, type Ports } from './ports.ts'
import { createRateBudget } from './rate-headers.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Received } from './received.ts'
import { answerSandbox } from './routes/sandbox.ts'
import type { Outcome } from './send.ts'
import type { WorldSeed } from './world-seed.ts'
import { createWorld, type World } from './world.ts'

export interface SandboxOptions extends PortOptions {
  readonly world: WorldSeed
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** For the ids that are drawn and the faults that strike by chance: the same seed, the same run. */
  readonly seed?: number
  /** Whether the journal keeps the bodies of requests and answers too. */
  readonly record?: boolean
  /** Left out: windows are counted and told, and nobody is turned away. */
  readonly limits?: RateLimits
  /** 0..1: how likely a request is to meet a fault, any of the list. The rule may be cleared as others. */
  readonly chaos?: number
  /** The longest time for which reads do not see a write. Left out: every write is seen at once. */
  readonly consistencyDelayMs?: number
}

export interface Sandbox extends Ports {
  readonly journal: Journal
  readonly world: World
  readonly faults: Faults
}

/**
 * An Atlassian Cloud on a port of this machine, or on three of them: http, https, and a proxy that leads Atlassian's
 * names to it. Everything that `docs/sandbox.md` lists is answered from the world; anything else is 501.
 * @throws Error where the seed contradicts itself or a port is taken (`code` EADDRINUSE)
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { now = Date.now, seed = 1, record = false } = options
  const { limits, chaos = 0, consistencyDelayMs = 0 } = options
  const world = createWorld(options.world, seed)
  const journal = createJournal()
  const faults = createFaults(seed)
  if (chaos > 0) faults.add({ match: { probability: chaos }, effect: { kind: 'any' } })
  const past = createPast()
  const budget = createRateBudget(limits)
  const consistency = createConsistency(consistencyDelayMs, seed)
  const cloud = createCloud({ world, journal, faults, past, consistency, budget, now, record })
  const outcomeOf = (received: Received): Outcome => {
    const own = answerSandbox(received, { world, journal, faults, past })
    return own ? { answer: own, delayMs: 0 } : cloud(received)
  }
  const ports = await openPorts(options, { outcomeOf, wallMs: Date.now })
  return { ...ports, journal, world, faults }
}
