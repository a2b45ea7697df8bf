import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Measured } from './measured.ts'

const program = join(import.meta.dirname, '../bin/roster.js')

/** From the command to its first line, when the ports of the example company's cloud are open and its keys are made. */
export async function measureSandboxStart(): Promise<Measured> {
  const cwd = mkdtempSync(join(tmpdir(), 'roster-start-'))
  const argv = [program, 'sandbox', '--port', '0', '--https-port', '0', '--proxy-port', '0']
  const started = process.hrtime.bigint()
  const child = spawn(process.execPath, argv, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  const [first] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown]
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6
  if (!String(first).startsWith('The sandbox listens at')) throw new Error(`roster sandbox said ${String(first)}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  rmSync(cwd, { recursive: true })
  return { wallMs, calls: 0, lowerBound: 0, note: 'a process of its own, whose memory is not counted here' }
}
