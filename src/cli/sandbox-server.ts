/** The sandbox is never part of the program: it is loaded when a command asks for it. */
const loadServer = () => import('../sandbox/start-sandbox.ts')
const loadSeed = () => import('../sandbox/world-seed.ts')

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
}

/** @throws Error where the seed is wrong, or a port is taken (`code` EADDRINUSE) */
export async function openSandbox({ seed, ...ports }: SandboxSetup): Promise<Sandbox> {
  const [{ startSandbox }, { parseWorldSeed }] = await Promise.all([loadServer(), loadSeed()])
  return startSandbox({ world: parseWorldSeed(seed), ...ports })
}
