import { expect } from 'vitest'
import { exampleWorld } from './example-world.builder.ts'
import { call } from './sandbox-client.builder.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from './start-sandbox.ts'

/** One request of a test, and what it must answer. */
export interface Step {
  /** Method and path. */
  readonly call: string
  readonly body?: unknown
  /** Value of the Authorization header; by default the one that the path wants. */
  readonly as?: string
  readonly status: number
  /** Matched against the body; fields that are not named may have any value. */
  readonly answer?: unknown
}

/** Requests one after another against a fresh `exampleWorld`. */
export async function tell(steps: readonly Step[], prepare: (sandbox: Sandbox) => void = () => {}): Promise<void> {
  await withSandbox({}, async (sandbox) => {
    prepare(sandbox)
    // in order: each step rests on the ones before it
    for (const { call: line, body, as, status, answer } of steps) {
      const reply = await call(sandbox, line, body, as)
      expect({ call: line, status: reply.status, body: reply.body }).toMatchObject({
        call: line,
        status,
        ...(answer === undefined ? {} : { body: answer }),
      })
    }
  })
}

export async function withSandbox(
  options: Partial<SandboxOptions>,
  act: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox({ world: exampleWorld(), ...options })
  try {
    await act(sandbox)
  } finally {
    await sandbox.close()
  }
}
