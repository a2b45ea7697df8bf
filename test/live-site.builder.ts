import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../src/core/ports.ts'
import type { Sandbox, SandboxOptions } from '../src/sandbox/start-sandbox.ts'
import { parseWorldSeed, type SiteSeed, type WorldSeed } from '../src/sandbox/world-seed.ts'
import { runCommand, today, type Ran } from './command-line.builder.ts'
import { startHeldSandbox } from './contract-run.builder.ts'

export interface Change {
  readonly action: 'create' | 'update' | 'delete'
  readonly title: string
}

export interface Scope {
  readonly digest: string
  readonly title: string
  readonly changes: readonly Change[]
  readonly held: readonly (Change & { readonly hold: { readonly code: string; readonly reason: string } })[]
  readonly unmanaged: readonly { readonly title: string; readonly keep?: string }[]
  readonly unread?: { readonly code: string }
}

/** What a command that looks at live access said, of its one organization. */
export interface Told extends Ran {
  readonly scopes: readonly Scope[]
  /** `create ana@acme.com in Group devs` */
  readonly changes: readonly string[]
  /** `delete ana@acme.com in Group devs: FIRST_RUN` */
  readonly held: readonly string[]
  /** `Group devs: INCOMPLETE` */
  readonly unread: readonly string[]
  /** `done create ana@acme.com in Group devs`, empty after a plan. */
  readonly outcomes: readonly string[]
  readonly diagnostics: readonly string[]
}

/** A small organization in a sandbox and a declaration for it, both written in a test. */
export interface Live {
  readonly sandbox: Sandbox
  /** Directory of the declaration. */
  readonly access: string
  /** Replaces the declaration; each text is a file of its own, the organization's manifest is always there. */
  declare(...manifests: readonly string[]): void
  plan(...flags: readonly string[]): Promise<Told>
  apply(...flags: readonly string[]): Promise<Told>
  /** `get accounts` and the like; every flag as given. */
  get(what: string, ...flags: readonly string[]): Promise<Ran>
  approve(what: string): Promise<Ran>
  /** `POST assignRole 200`, of the writes since the last `forgetCalls`, in order of arrival. */
  writes(): readonly string[]
  forgetCalls(): void
  passTime(ms: number): void
  /** How long the commands slept so far, in milliseconds. */
  slept(): number
  /** @throws Error where a request or an answer was not as the contract says */
  close(): Promise<void>
}

export interface LiveOptions {
  readonly world: Partial<WorldSeed>
  /** Lines of `spec`, on top of those that every organization here has. */
  readonly organization?: string
  /** `SCIM` wants `scim` in the world. */
  readonly provisioning?: 'SCIM' | 'SCIM with groups' | 'Invite'
  /** How the sandbox misbehaves from the start. */
  readonly weather?: Pick<SandboxOptions, 'seed' | 'chaos' | 'consistencyDelayMs' | 'limits'>
}

const secrets = { organization: 'organization-key', scim: 'scim-key', token: 'api-token' }

/** The account that Roster works with. */
export const service = {
  id: '712020:svc',
  email: 'svc@acme.com',
  name: 'Service',
  platformRoles: ['atlassian/site-admin'],
}

export const person = (name: string): WorldSeed['accounts'][number] => ({
  id: `712020:${name}`,
  email: `${name}@acme.com`,
  name: `Person ${name}`,
})

export const site = (more: Partial<SiteSeed>): SiteSeed => ({ name: 'acme', cloudId: 'cloud-1', products: [], ...more })

/** At `today`; sleeping moves the clock and takes no time. */
export async function openLive({
  world,
  organization = '',
  provisioning = 'Invite',
  weather,
}: LiveOptions): Promise<Live> {
  const root = mkdtempSync(join(tmpdir(), 'roster-live-'))
  const access = join(root, 'access')
  let [nowMs, sleptMs] = [today, 0]
  const sandbox = await startHeldSandbox({ world: seedOf(world), now: () => nowMs, ...weather })
  for (const [name, secret] of Object.entries(secrets)) writeFileSync(join(root, name), secret)
  const sleep: Clock['sleep'] = async (ms) => {
    nowMs += ms
    sleptMs += ms
  }
  const clock: Clock = { now: () => nowMs, sleep }
  const always = ['--state', join(root, 'state'), '--sandbox', sandbox.url]
  const command = (...words: readonly string[]) => runCommand([...words, ...always], { clock })
  const run = async (name: string, flags: readonly string[]) => told(await command(name, access, '--json', ...flags))
  const own = organizationManifest(provisioning, organization)
  const declare = (...manifests: readonly string[]): void => writeAccess(access, [own, ...manifests])
  declare()
  return {
    sandbox,
    access,
    declare,
    plan: (...flags) => run('plan', flags),
    apply: (...flags) => run('apply', ['--yes', ...flags]),
    get: (what, ...flags) => command('get', what, access, ...flags),
    approve: (what) => runCommand(['approve', what, access, ...always.slice(0, 2)], { clock }),
    writes: () => sandbox.journal.writes().map(({ method, operation, status }) => `${method} ${operation} ${status}`),
    forgetCalls: () => sandbox.journal.clear(),
    passTime: (ms) => void (nowMs += ms),
    slept: () => sleptMs,
    close: async () => {
      rmSync(root, { recursive: true, force: true })
      await sandbox.close()
    },
  }
}

function writeAccess(access: string, manifests: readonly string[]): void {
  rmSync(access, { recursive: true, force: true })
  mkdirSync(access)
  for (const [index, text] of manifests.entries()) writeFileSync(join(access, fileName(index)), text)
}

/** The organization's manifest comes first. */
const fileName = (index: number): string => (index === 0 ? 'organization.yaml' : `file-${index - 1}.yaml`)

/** The world that a test has written, with what every one here has. */
export function seedOf({ accounts = [], ...world }: Partial<WorldSeed>): WorldSeed {
  const seed: WorldSeed = {
    organization: {
      id: 'organization-1',
      name: 'Acme',
      directory: { id: 'directory-1', name: 'Primary' },
      verifiedDomains: ['acme.com'],
    },
    credentials: {
      organizationApiKeys: [{ name: 'roster', key: secrets.organization }],
      scimKeys: [{ name: 'roster-scim', key: secrets.scim }],
      apiTokens: [{ name: 'svc', email: service.email, token: secrets.token }],
    },
    sites: [site({})],
    groups: [],
    ...world,
    accounts: [service, ...accounts],
  }
  return parseWorldSeed(JSON.stringify(seed))
}

function organizationManifest(provisioning: 'SCIM' | 'SCIM with groups' | 'Invite', more: string): string {
  const groups = provisioning === 'SCIM with groups' ? ', groups: true' : ''
  const isScim = provisioning !== 'Invite'
  const method = isScim ? `{ method: SCIM, scimDirectoryId: scim-1${groups} }` : '{ method: Invite }'
  const scim = isScim ? '\n    scim: { valueFrom: { file: ../scim } }' : ''
  return `
apiVersion: roster.dev/v1alpha1
kind: AtlassianOrganization
metadata: { name: acme }
spec:
  organizationId: organization-1
  directoryId: directory-1
  sites: [{ name: acme, url: https://acme.atlassian.net }]
  provisioning: ${method}
  credentials:
    organization: { valueFrom: { file: ../organization } }${scim}
    sites: [{ site: acme, apiToken: { email: ${service.email}, valueFrom: { file: ../token } } }]
${more}`
}

/** One manifest; `spec` as YAML in flow style. */
export const manifest = (kind: string, name: string, spec: string): string =>
  `---\napiVersion: roster.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`

interface PlanDocument {
  readonly diagnostics: readonly Diagnostic[]
  readonly organizations: readonly {
    readonly scopes: readonly Scope[]
    readonly diagnostics: readonly Diagnostic[]
    readonly outcomes?: readonly {
      readonly result: string
      readonly scope: { readonly title: string }
      readonly change: Change
    }[]
  }[]
}

interface Diagnostic {
  readonly code: string
  readonly message: string
}

function told(ran: Ran): Told {
  if (ran.stdout === '') throw new Error(`nothing was printed: ${ran.stderr}`)
  const { organizations, diagnostics } = JSON.parse(ran.stdout) as PlanDocument
  const scopes = organizations.flatMap((each) => each.scopes)
  const all = [...diagnostics, ...organizations.flatMap((each) => each.diagnostics)]
  const outcomes = organizations.flatMap((each) => each.outcomes ?? [])
  return {
    ...ran,
    scopes,
    changes: scopes.flatMap(({ title, changes }) => changes.map((each) => shown(each, title))),
    held: scopes.flatMap(({ title, held }) => held.map((each) => `${shown(each, title)}: ${each.hold.code}`)),
    unread: scopes.flatMap(({ title, unread }) => (unread ? [`${title}: ${unread.code}`] : [])),
    outcomes: outcomes.map(({ result, change, scope }) => `${result} ${shown(change, scope.title)}`),
    diagnostics: [...new Set(all.map(({ code, message }) => `${code}: ${message}`))],
  }
}

const shown = ({ action, title }: Change, scope: string): string => `${action} ${title} in ${scope}`
