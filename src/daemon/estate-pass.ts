import type { CallEvent } from '../atlassian/transport.ts'
import { isError, type Diagnostic } from '../core/diagnostic.ts'
import type { Estate } from '../run/organizations.ts'
import type { PassMemory } from '../run/session-options.ts'
import { stoppable } from '../run/stoppable.ts'
import { openSessions, type Pass, type SessionOptions } from '../run/session.ts'
import type { Outcome } from '../core/apply.ts'
import type { Task } from './agenda.ts'
import type { Snapshot } from './snapshot.ts'

export interface PassPorts extends Pick<SessionOptions, 'env' | 'clock' | 'random' | 'sandboxUrl'> {
  /** Whether this process is still the one that may write. */
  readonly mayWrite: () => boolean
  /** Ends the pass: reading at once, writing after the call in flight. */
  readonly signal: AbortSignal
}

export interface PassHooks {
  /** What the passes over this organization keep between them. */
  readonly memory: PassMemory
  /** The same one for all of them: connections are kept. */
  readonly onCall: (event: CallEvent) => void
  readonly onOutcome: (outcome: Outcome) => void
}

export interface EstatePass {
  /** Absent where the organization could not be opened, or the process is ending. */
  readonly pass?: Pass
  readonly diagnostics: readonly Diagnostic[]
}

/** One pass over one organization: what the task touches is read and, where it differs, written. */
export async function passOver(
  estate: Estate,
  snapshot: Snapshot,
  { touched }: Task,
  { ports, hooks }: { readonly ports: PassPorts; readonly hooks: PassHooks },
): Promise<EstatePass> {
  const { env, clock, random, sandboxUrl, mayWrite, signal } = ports
  const { sessions, diagnostics } = await openSessions(estate.declaration, {
    env,
    clock,
    random,
    mayWrite,
    cwd: snapshot.cwd,
    source: snapshot.source,
    store: snapshot.store,
    tokens: snapshot.tokens,
    covers: (file) => touched === 'everything' || touched.has(file),
    isWhole: touched === 'everything',
    memory: hooks.memory,
    onCall: hooks.onCall,
    ...(sandboxUrl !== undefined && { sandboxUrl }),
  })
  const [session] = sessions
  if (!session) return { diagnostics }
  let isWriting = false
  const work = session.run(async () => {
    // one that was given up may still come to here
    if (signal.aborted) return undefined
    isWriting = true
    return { removalsFirst: false, signal, onOutcome: hooks.onOutcome }
  })
  const pass = await stoppable(work, signal, () => !isWriting)
  return pass ? { pass, diagnostics } : { diagnostics: diagnostics.filter(isError) }
}
