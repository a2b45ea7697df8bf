import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCloud } from './cloud.ts'
import { createFaults, type Faults } from './faults.ts'
import { createJournal, type Journal } from './journal.ts'
import { createPast } from './past.ts'
import { createRateBudget } from './rate-headers.ts'
import { receive } from './received.ts'
import { send } from './send.ts'
import { answerSandbox } from './routes/sandbox.ts'
import type { WorldSeed } from './world-seed.ts'
import { createWorld, type World } from './world.ts'

export interface SandboxOptions {
  readonly world: WorldSeed
  /** 0, the default, takes a free one. */
  readonly port?: number
  readonly host?: string
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** For the ids that are drawn and the faults that strike by chance: the same seed, the same run. */
  readonly seed?: number
  /** Whether the journal keeps the bodies of requests and answers too. */
  readonly record?: boolean
}

export interface Sandbox {
  /** Without a slash at the end. Plays api.atlassian.com, and the first site. */
  readonly url: string
  readonly journal: Journal
  readonly world: World
  readonly faults: Faults
  /** Ends the connections that are open, also those that a fault keeps waiting. */
  close(): Promise<void>
}

/**
 * An Atlassian Cloud on a port of this machine. Everything that `docs/sandbox.md` lists is answered from the world;
 * anything else is 501.
 * @throws Error where the seed contradicts itself or the port is taken
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', now = Date.now, seed = 1, record = false } = options
  const world = createWorld(options.world, seed)
  const journal = createJournal()
  const faults = createFaults(seed)
  const past = createPast()
  const cloud = createCloud({ world, journal, faults, past, budget: createRateBudget(), now, record })
  const server = createServer((request, response) => {
    void receive(request).then((received) => {
      if (!received) return undefined
      const own = answerSandbox(received, { world, journal, faults, past })
      return send(response, own ? { answer: own, delayMs: 0 } : cloud(received))
    })
  })
  server.listen(port, host)
  await once(server, 'listening')
  const url = `http://${host}:${(server.address() as AddressInfo).port}`
  return {
    url,
    journal,
    world,
    faults,
    async close() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
