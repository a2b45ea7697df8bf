import { spawn, type ChildProcess } from 'node:child_process'

export interface ChildOptions {
  readonly cwd: string
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  readonly input?: string | Uint8Array
  readonly timeoutMs: number
  /** Of stdout: one that prints more is ended. */
  readonly mostBytes: number
  readonly signal?: AbortSignal
}

/** How a program ended: with a code, or with what kept it from one. `stderr` is cut to its end. */
export type Ended = { readonly stderr: string } & (
  | { readonly exitCode: number; readonly stdout: Buffer }
  | { readonly ended: 'time' | 'stopped' | 'size' | 'signal' }
  | { readonly systemCode: string }
)

const mostErrorBytes = 64 * 1024

/** Runs a program without a shell, in a process group of its own: its helpers end with it. Never throws. */
export async function runChild(program: string, args: readonly string[], options: ChildOptions): Promise<Ended> {
  const { cwd, env, input, mostBytes } = options
  const child = spawn(program, args, { cwd, env, detached: true, stdio: 'pipe' })
  const out = collect(child.stdout, mostBytes, () => endGroup(child))
  const err = collectEnd(child.stderr, mostErrorBytes)
  const limits = watch(child, options)
  // it may end without reading everything, which its exit code then tells
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  try {
    const { exitCode, systemCode } = await ending(child)
    const stderr = err()
    if (systemCode !== undefined) return { stderr, systemCode }
    if (out.isOver()) return { stderr, ended: 'size' }
    return exitCode === null ? { stderr, ended: limits.reason() } : { stderr, exitCode, stdout: out.bytes() }
  } finally {
    limits.stop()
  }
}

/** Ends the group when its time is over, when the caller gives up, and with our own process. */
function watch(child: ChildProcess, { timeoutMs, signal }: ChildOptions) {
  const time = AbortSignal.timeout(timeoutMs)
  const either = AbortSignal.any(signal ? [time, signal] : [time])
  const end = (): void => endGroup(child)
  either.addEventListener('abort', end)
  process.once('exit', end)
  if (either.aborted) end()
  return {
    reason: (): 'time' | 'stopped' | 'signal' => (signal?.aborted ? 'stopped' : time.aborted ? 'time' : 'signal'),
    stop: () => {
      either.removeEventListener('abort', end)
      process.off('exit', end)
    },
  }
}

function collect(stream: NodeJS.ReadableStream, mostBytes: number, onOver: () => void) {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= mostBytes) chunks.push(chunk)
    else onOver()
  })
  return { bytes: () => Buffer.concat(chunks), isOver: () => size > mostBytes }
}

function collectEnd(stream: NodeJS.ReadableStream, mostBytes: number): () => string {
  let kept = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => void (kept = Buffer.concat([kept, chunk]).subarray(-mostBytes)))
  return () => kept.toString('utf8')
}

function ending(child: ChildProcess): Promise<{ readonly exitCode: number | null; readonly systemCode?: string }> {
  return new Promise((settle) => {
    child.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => settle({ exitCode: null, systemCode: code }))
    child.once('close', (exitCode) => settle({ exitCode }))
  })
}

function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // it ended a moment ago
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
