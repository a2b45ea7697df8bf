import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/start-sandbox.ts'
import { parseWorldSeed, type WorldSeed } from '../../src/sandbox/world-seed.ts'

/** Somebody else's client at work on a sandbox: what it called, and what it found wrong. */
export interface ClientRun {
  readonly sandbox: Sandbox
  /** What differed from what the client holds to be Atlassian's form, as told by `mismatch`. */
  readonly mismatches: readonly string[]
  /** The client's own check said no. @param what the call and the field, no values needed */
  mismatch(what: string): void
  /** Every call so far got an answer (none is 501), and no mismatch was told. */
  check(): void
  /** Ends the sandbox and prints `jira.js 6.2.0: N calls, N operations, 0 mismatches`. */
  end(): Promise<void>
}

/** Secrets of the world that a run starts with. */
export const clientCredentials = {
  email: 'svc-access@acme.com',
  token: 'sandbox-api-token',
  scopedToken: 'sandbox-scoped-token',
  organizationKey: 'sandbox-organization-key',
  scimKey: 'sandbox-scim-key',
  oauth: { clientId: 'client-robot', clientSecret: 'client-robot-secret', refreshToken: 'client-robot-refresh' },
} as const

/** The world of examples/acme, with a scoped token and an OAuth client besides. */
function clientWorld(): WorldSeed {
  const seed = parseWorldSeed(readFileSync(new URL('../../examples/acme/world.yaml', import.meta.url), 'utf8'))
  const { email, scopedToken, oauth } = clientCredentials
  const apiTokens = [...(seed.credentials.apiTokens ?? []), { name: 'scoped', email, token: scopedToken, scoped: true }]
  return {
    ...seed,
    credentials: { ...seed.credentials, apiTokens, oauthClients: [{ name: 'robot', email, ...oauth }] },
  }
}

/** @param client name and version, as they are printed */
export async function startClientRun(client: string, options: Partial<SandboxOptions> = {}): Promise<ClientRun> {
  const sandbox = await startSandbox({ world: clientWorld(), ...options })
  const mismatches: string[] = []
  return {
    sandbox,
    mismatches,
    mismatch: (what) => void mismatches.push(what),
    check() {
      const unanswered = sandbox.journal.entries.filter(({ status }) => status === 501)
      expect({ mismatches, unanswered: unanswered.map(({ method, path }) => `${method} ${path}`) }).toEqual({
        mismatches: [],
        unanswered: [],
      })
    },
    async end() {
      const { entries } = sandbox.journal
      const operations = new Set(entries.map(({ api, operation }) => `${api} ${operation}`))
      process.stderr.write(
        `${client}: ${entries.length} calls, ${operations.size} operations, ${mismatches.length} mismatches\n`,
      )
      await sandbox.close()
    },
  }
}

/** The version of a package that the tests drive, as it is installed. */
export function installedVersion(packageName: string): string {
  const file = new URL(`../../node_modules/${packageName}/package.json`, import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }
  return version
}
