import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { inject } from 'vitest'
import { distilledDocuments } from '../src/sandbox/contract-document.builder.ts'
import { loadSpec } from '../src/sandbox/contract-spec.builder.ts'
import type { JournalEntry } from '../src/sandbox/journal.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../src/sandbox/start-sandbox.ts'
import { leave } from './contract-exercised.builder.ts'
import { createRecorder } from './contract-recorder.builder.ts'
import { departures } from './contract-reviewed.builder.ts'

// the distilled contract: another test holds it against Atlassian's files, and it is read in a fraction of their time
const spec = loadSpec(distilledDocuments())

/**
 * A sandbox whose requests and answers are held against the contract before its journal is cleared and when it closes:
 * both throw at the first mismatch.
 */
export async function startHeldSandbox(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox({ ...options, record: true })
  const clear = (): void => {
    const { entries } = sandbox.journal
    // gone before they are held, so that a mismatch is told once
    const held = [...entries]
    sandbox.journal.clear()
    holdContract(held)
  }
  return {
    ...sandbox,
    journal: { ...sandbox.journal, clear },
    close: async () => {
      await sandbox.close()
      holdContract(sandbox.journal.entries)
    },
  }
}

/** Leaves word for the end of the run. @throws Error at the first mismatch */
function holdContract(entries: readonly JournalEntry[]): void {
  const recorder = createRecorder(spec, departures)
  recorder.check(entries)
  leave(join(inject('contractFolder'), `${process.pid}-${threadId}.jsonl`), {
    checked: recorder.checked,
    used: [...recorder.used],
    departed: [...recorder.departed].map(({ operation, only }) => `${operation}: ${only}`),
  })
}
