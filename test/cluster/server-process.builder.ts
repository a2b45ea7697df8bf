import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server that runs beside the tests, and never outlives them. */
export interface ServerProcess {
  readonly pid: number
  /** Ends once it answers. Fails when it exits before that, or after `readyTimeoutMs`, with the end of its log. */
  ready(answers: () => Promise<boolean>): Promise<void>
  /** Sends a signal and waits for the end; SIGKILL after 20 seconds. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** SIGSTOP and SIGCONT freeze and thaw it; SIGUSR1 is the program's own. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR1'): void
}

const readyTimeoutMs = 30_000
const endTimeoutMs = 20_000

const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach((each) => each.kill('SIGKILL')))

/**
 * @param logFile what it prints is added to this file
 * @param env on top of that of the tests
 */
export function startServer(
  program: string,
  argv: readonly string[],
  logFile: string,
  env: Readonly<Record<string, string>> = {},
): ServerProcess {
  const log = openSync(logFile, 'a')
  // the open standard input tells the composed control plane that the tests are still there
  const child = spawn(program, argv, { stdio: ['pipe', log, log], env: { ...process.env, ...env } })
  closeSync(log)
  running.add(child)
  const exited = once(child, 'exit').finally(() => running.delete(child))
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const problem = (what: string) => new Error(`${program} ${what}:\n${readFileSync(logFile, 'utf8').slice(-2000)}`)
  return {
    pid: child.pid!,
    async ready(answers) {
      for (const endMs = performance.now() + readyTimeoutMs; !(await answers()); await sleep(50)) {
        if (hasEnded()) throw problem(`ended with ${child.exitCode ?? child.signalCode}`)
        if (performance.now() > endMs) throw problem(`did not answer within ${readyTimeoutMs} ms`)
      }
    },
    async end(signal) {
      if (hasEnded()) return
      child.kill(signal)
      // a frozen process takes SIGTERM only once it runs again
      child.kill('SIGCONT')
      const timer = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs)
      await exited
      clearTimeout(timer)
    },
    signal: (signal) => void child.kill(signal),
  }
}
