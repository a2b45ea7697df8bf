import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../src/core/ports.ts'
import type { Sandbox } from '../src/sandbox/start-sandbox.ts'
import type { WorldSeed } from '../src/sandbox/world-seed.ts'
import { runCommand, today, type Ran } from './command-line.builder.ts'
import { startHeldSandbox } from './contract-run.builder.ts'

/** An organization in a sandbox, and beside it a directory that declares the organization and nothing else. */
export interface ImportEstate {
  readonly sandbox: Sandbox
  readonly access: string
  import(...flags: readonly string[]): Promise<Ran>
  plan(): Promise<Planned>
  apply(): Promise<Ran>
  /** Text by path below `access`, without the organization's own. */
  files(): Readonly<Record<string, string>>
  write(path: string, text: string): void
  close(): Promise<void>
}

export interface Planned {
  readonly code: number
  /** `create ana@acme.com in Group devs`, with what is held. */
  readonly changes: readonly string[]
  readonly unread: readonly string[]
  readonly mistakes: readonly string[]
  readonly unmanaged: readonly string[]
}

export interface ImportEstateOptions {
  readonly world: WorldSeed
  /** Lines of `spec`. */
  readonly organization?: string
}

export async function openImport({ world, organization = '' }: ImportEstateOptions): Promise<ImportEstate> {
  const root = mkdtempSync(join(tmpdir(), 'roster-import-'))
  const access = join(root, 'access')
  mkdirSync(access)
  let nowMs = today
  const sandbox = await startHeldSandbox({ world, now: () => nowMs })
  const clock: Clock = { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) }
  for (const [name, secret] of Object.entries(secretsOf(world))) writeFileSync(join(root, name), secret)
  writeFileSync(join(access, 'organization.yaml'), organizationManifest(world, organization))
  const run = (...words: readonly string[]) =>
    runCommand([...words, '--state', join(root, 'state'), '--sandbox', sandbox.url], { clock })
  return {
    sandbox,
    access,
    import: (...flags) => run('import', access, ...flags),
    plan: async () => planned(await run('plan', access, '--json')),
    apply: () => run('apply', access, '--yes'),
    files: () => filesBelow(access),
    write: (path, text) => {
      mkdirSync(join(access, path, '..'), { recursive: true })
      writeFileSync(join(access, path), text)
    },
    close: async () => {
      rmSync(root, { recursive: true, force: true })
      await sandbox.close()
    },
  }
}

const secretsOf = ({ credentials: { organizationApiKeys, apiTokens, scimKeys } }: WorldSeed) => ({
  organization: organizationApiKeys?.[0]?.key ?? '',
  token: apiTokens?.[0]?.token ?? '',
  scim: scimKeys?.[0]?.key ?? '',
})

function filesBelow(directory: string): Readonly<Record<string, string>> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => name.endsWith('.yaml') && name !== 'organization.yaml')
  return Object.fromEntries(files.toSorted().map((name) => [name, readFileSync(join(directory, name), 'utf8')]))
}

function organizationManifest({ organization, credentials, sites, scim }: WorldSeed, more: string): string {
  const email = credentials.apiTokens?.[0]?.email ?? ''
  const provisioning = scim ? `{ method: SCIM, scimDirectoryId: ${scim.directoryId} }` : '{ method: Invite }'
  const scimKey = scim ? '\n    scim: { valueFrom: { file: ../scim } }' : ''
  return `apiVersion: roster.dev/v1alpha1
kind: AtlassianOrganization
metadata: { name: acme }
spec:
  organizationId: ${organization.id}
  directoryId: ${organization.directory.id}
  sites: [${sites.map(({ name }) => `{ name: ${name}, url: https://${name}.atlassian.net }`).join(', ')}]
${more.includes('provisioning:') ? '' : `  provisioning: ${provisioning}\n`}  credentials:
    organization: { valueFrom: { file: ../organization } }${scimKey}
    sites: [${sites.map(({ name }) => `{ site: ${name}, apiToken: { email: ${email}, valueFrom: { file: ../token } } }`).join(', ')}]
${more}`
}

interface PlanDocument {
  readonly diagnostics: readonly Diagnostic[]
  readonly organizations: readonly {
    readonly scopes: readonly PlannedScope[]
    readonly diagnostics: readonly Diagnostic[]
  }[]
}

interface PlannedScope {
  readonly title: string
  readonly changes: readonly PlannedChange[]
  readonly held: readonly PlannedChange[]
  readonly unmanaged: readonly { readonly title: string }[]
  readonly unread?: { readonly code: string }
}

interface PlannedChange {
  readonly action: string
  readonly title: string
}

interface Diagnostic {
  readonly code: string
  readonly message: string
}

function planned({ code, stdout, stderr }: Ran): Planned {
  if (stdout === '') throw new Error(`nothing was printed: ${stderr}`)
  const { organizations, diagnostics } = JSON.parse(stdout) as PlanDocument
  const scopes = organizations.flatMap((each) => each.scopes)
  const found = [...diagnostics, ...organizations.flatMap((each) => each.diagnostics)]
  return {
    code,
    changes: scopes.flatMap(({ title, changes, held }) =>
      [...changes, ...held].map((each) => `${each.action} ${each.title} in ${title}`),
    ),
    unread: scopes.flatMap(({ title, unread }) => (unread ? [`${title}: ${unread.code}`] : [])),
    mistakes: [...new Set(found.map((each) => `${each.code}: ${each.message}`))],
    unmanaged: scopes.flatMap(({ title, unmanaged }) => unmanaged.map((each) => `${each.title} in ${title}`)),
  }
}

export const emptyPlan = { code: 0, changes: [], unread: [], mistakes: [] } as const
