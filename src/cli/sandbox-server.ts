import { existsSync } from 'node:fs'

/** The sandbox is never part of the program: it is loaded when a command asks for it. */
const loadServer = () => import('../sandbox/start-sandbox.ts')
const loadLimits = () => import('../sandbox/rate-limits.ts')
const loadSeed = () => import('../sandbox/world-seed.ts')

/** What there is to say where the sandbox is not installed; undefined where it is. */
export const noSandbox = (): string | undefined =>
  existsSync(new URL('../sandbox', import.meta.url))
    ? undefined
    : 'There is no sandbox in this installation: the container image leaves it out. A clone or the npm package has it.'

type Server = Awaited<ReturnType<typeof loadServer>>
export type Sandbox = Awaited<ReturnType<Server['startSandbox']>>

export interface SandboxSetup {
  /** YAML of the world, docs/sandbox.md. */
  readonly seed: string
  /** 0 takes a free one, also below. */
  readonly port: number
  readonly host: string
  readonly httpsPort?: number
  readonly proxyPort?: number
  /** For drawn ids and faults. Default: 1. */
  readonly randomSeed?: number
  /** How likely a request meets a fault, 0 to 1. */
  readonly chaos?: number
  /** Reads see a write up to so much later. */
  readonly consistencyDelayMs?: number
  /** `requests=100/60,points=65000,burst=10,retry-after=date` */
  readonly limits?: string
}

/** @throws Error where the seed or the limits are wrong, or a port is taken (`code` EADDRINUSE) */
export async function openSandbox({ seed, randomSeed = 1, limits, ...rest }: SandboxSetup): Promise<Sandbox> {
  const [{ startSandbox }, { parseWorldSeed }, { parseRateLimits }] = await Promise.all([
    loadServer(),
    loadSeed(),
    loadLimits(),
  ])
  const enforced = limits === undefined ? {} : { limits: parseRateLimits(limits) }
  return startSandbox({ world: parseWorldSeed(seed), seed: randomSeed, ...rest, ...enforced })
}
