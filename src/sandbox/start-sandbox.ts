import { createCloud } from './cloud.ts'
import { createFaults, type Faults } from './faults.ts'
import { createJournal, type Journal } from './journal.ts'
import { createPast } from './past.ts'
import { openPorts, type PortOptions, type Ports } from './ports.ts'
import { createRateBudget } from './rate-headers.ts'
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
  const world = createWorld(options.world, seed)
  const journal = createJournal()
  const faults = createFaults(seed)
  const past = createPast()
  const cloud = createCloud({ world, journal, faults, past, budget: createRateBudget(), now, record })
  const outcomeOf = (received: Received): Outcome => {
    const own = answerSandbox(received, { world, journal, faults, past })
    return own ? { answer: own, delayMs: 0 } : cloud(received)
  }
  const ports = await openPorts(options, { outcomeOf, wallMs: Date.now })
  return { ...ports, journal, world, faults }
}
