import { Agent } from 'undici'
import {
  createTransport,
  type CallEvent,
  type Site,
  type SiteCredential,
  type Transport,
  type TransportOptions,
} from '../atlassian/transport.ts'
import { declare, type Declared } from '../core/declare.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { Clock } from '../core/ports.ts'
import { RemoteError } from '../core/remote-error.ts'
import type { State } from '../core/state.ts'
import type { AtlassianOrganizationSpec } from '../kinds/atlassian-organization/schema.ts'
import { kinds } from '../kinds/index.ts'
import { connectionFor, type Connected, type ConnectionOptions } from '../run/connection.ts'
import type { Estate } from '../run/organizations.ts'

export interface DoctorOptions extends ConnectionOptions {
  /** The state of the last apply, or why it cannot be read. */
  readonly loadState: () => Promise<State | { readonly problem: string }>
  readonly stateDirectory: string
  /** Mistakes that can be seen without asking anybody. */
  readonly diagnostics: readonly Diagnostic[]
  readonly nodeVersion: string
  readonly onCall?: (event: CallEvent) => void
}

/** The organization that is looked at, and everything needed for that. */
export interface Patient {
  readonly estate: Estate
  readonly spec: AtlassianOrganizationSpec
  readonly declared: Declared
  readonly connected: Connected
  readonly transportOptions: TransportOptions
  readonly transport: Transport
  /** Of every answer so far. */
  readonly calls: readonly CallEvent[]
  readonly options: DoctorOptions
}

/** A site that was reached, and has a credential. */
export interface SiteUnderTest {
  readonly site: Site
  readonly credential: SiteCredential
  /** As the site itself says. */
  readonly cloudId: string
  /** Whether the declaration has objects for it. */
  readonly wantsJira: boolean
  readonly wantsConfluence: boolean
}

const timeoutMs = 10_000
/** A plan waits out a budget; whoever asks what is wrong wants to hear it now. */
const patienceMs = 5_000

/** Undefined where the organization's manifest cannot be understood. */
export async function admit(estate: Estate, options: DoctorOptions): Promise<Patient | undefined> {
  const parsed = kinds.get(estate.organization.kind)!.parse(estate.organization)
  if ('problems' in parsed) return undefined
  const spec = parsed.spec as AtlassianOrganizationSpec
  const connected = await connectionFor(estate.organization, spec, options)
  const calls: CallEvent[] = []
  const transportOptions: TransportOptions = {
    dispatcher: new Agent(),
    ...connected.connection,
    clock: impatient(options.clock),
    random: options.random,
    timeoutMs,
    onCall: (event) => {
      calls.push(event)
      options.onCall?.(event)
    },
  }
  const declared = declare(estate.declaration, kinds)
  const transport = createTransport(transportOptions)
  return { estate, spec, declared, connected, transportOptions, transport, calls, options }
}

/** Waits no longer than `patienceMs` at a time: a retry that would come later is given up. */
function impatient(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    sleep: async (ms, signal) => {
      if (ms <= patienceMs) return clock.sleep(ms, signal)
      const detail = `it asks to wait ${Math.ceil(ms / 1000)} s, and a preflight does not`
      throw new RemoteError({ request: 'the request', code: 'BUSY', detail, effect: 'refused' })
    },
  }
}

/** Specs of one kind. The kind's own parser has made them. */
export const specsOf = <Spec>({ declared }: Patient, kind: string): readonly Spec[] =>
  (declared.objects.get(kind) ?? []).map(({ spec }) => spec as Spec)
