import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const scripts = join(import.meta.dirname, 'python')
const requirements = join(scripts, 'requirements.txt')
const cache = join(import.meta.dirname, '../../node_modules/.cache')
const installTimeoutMs = 300_000

/**
 * Runs a script of test/clients/python and gives what it printed, parsed.
 * @param environment secrets do not stand on a command line
 * @throws Error with its stderr where it fails
 */
export type RunPython = (script: string, args: readonly string[], environment: Environment) => Promise<unknown>

type Environment = Readonly<Record<string, string>>

/**
 * Python with the packages of requirements.txt, installed once for all tests; undefined where it cannot be had, which
 * is said on stderr with what is not tried for it.
 * @param notTried such as `scim2-tester`
 * @throws Error where python3 is there and the packages cannot be installed, in CI
 */
export async function preparePython(notTried: string): Promise<RunPython | undefined> {
  const skipped = (reason: string) => void process.stderr.write(`not tried: ${notTried}: ${reason}\n`)
  const version = await pythonVersion()
  if (version === undefined) return skipped('python3 is not there')
  const hash = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const folder = join(cache, `roster-python-${hash}`)
  try {
    await makeOnce(folder)
  } catch (error) {
    if (process.env['CI']) throw error
    return skipped(`its packages cannot be installed: ${messageOf(error)}`)
  }
  return async (script, args, environment) => {
    const { stdout } = await run(join(folder, 'bin/python'), [join(scripts, script), ...args], {
      env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1', ...environment },
      maxBuffer: 2 ** 26,
      timeout: 120_000,
    })
    return JSON.parse(stdout)
  }
}

/** Such as `Python 3.13.1`; an environment does not outlive the Python that it was made with. */
async function pythonVersion(): Promise<string | undefined> {
  return run('python3', ['--version']).then(
    ({ stdout }) => stdout,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
}

/** Workers of vitest may come at once: the one that makes the folder of the lock makes the environment, too. */
async function makeOnce(folder: string): Promise<void> {
  const lock = `${folder}.lock`
  mkdirSync(cache, { recursive: true })
  while (!existsSync(join(folder, 'complete'))) {
    if (take(lock)) {
      await make(folder).finally(() => rmSync(lock, { recursive: true }))
    } else {
      await setTimeout(200)
      dropStale(lock)
    }
  }
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** A run that was killed leaves its lock behind. */
function dropStale(lock: string): void {
  const madeAtMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
  if (madeAtMs !== undefined && Date.now() - madeAtMs > 2 * installTimeoutMs)
    rmSync(lock, { recursive: true, force: true })
}

async function make(folder: string): Promise<void> {
  if (existsSync(join(folder, 'complete'))) return
  rmSync(folder, { recursive: true, force: true })
  const limit = { timeout: installTimeoutMs }
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2']
  try {
    await run('python3', ['-m', 'venv', folder], limit)
    await run(join(folder, 'bin/python'), ['-m', 'pip', 'install', ...options, '-r', requirements], limit)
    writeFileSync(join(folder, 'complete'), '')
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function messageOf(error: unknown): string {
  const { stderr = '', message } = error as Error & { readonly stderr?: string }
  return (stderr.trim() || message).split('\n').at(-1) ?? message
}
