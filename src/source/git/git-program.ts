import { dirname } from 'node:path'
import { runChild } from './child-process.ts'
import { accessSettings, type AccessSettings, type GitAccess } from './git-access.ts'
import type { GitAddress } from './git-address.ts'
import { GitError } from './git-error.ts'

export interface GitSettings {
  readonly address: GitAddress
  readonly access: GitAccess
  /** Of the process. Of it git sees the PATH, proxies and ssh's agent, and nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** An existing directory of our own, where git starts. Absolute, without links. */
  readonly directory: string
  /** Ends whatever runs. */
  readonly signal?: AbortSignal
}

export interface GitCommandOptions {
  /** A bare repository on this machine that the command is about. */
  readonly repository?: string
  readonly input?: string | Uint8Array
  /** Default one minute. */
  readonly timeoutMs?: number
  /** Of stdout. Default 64 MiB. */
  readonly mostBytes?: number
  readonly config?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

export interface GitResult {
  readonly exitCode: number
  readonly stdout: Buffer
  /** Its last lines, without credentials. */
  readonly detail: string
}

export interface Git {
  readonly address: GitAddress
  /** What it printed. @throws GitError unless it ends with 0 */
  run(args: readonly string[], options?: GitCommandOptions): Promise<Buffer>
  /** For commands whose exit code is an answer. @throws GitError where there is none */
  attempt(args: readonly string[], options?: GitCommandOptions): Promise<GitResult>
}

/** Nothing that a repository, a server or this machine's settings say may make git run a program or leave its way. */
const hardening: Readonly<Record<string, string>> = {
  'protocol.version': '2',
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.symlinks': 'false',
  'core.protectHFS': 'true',
  'core.protectNTFS': 'true',
  'credential.helper': '',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'transfer.fsckObjects': 'true',
  'transfer.bundleURI': 'false',
  'transfer.credentialsInUrl': 'die',
  'http.followRedirects': 'false',
  'http.lowSpeedLimit': '1000',
  'http.lowSpeedTime': '20',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'uploadpack.packObjectsHook': '',
}

/** The git program, without a shell, without the settings of this machine, and with an end to its time and its output. */
export function createGit(settings: GitSettings): Git {
  const { address, directory, signal } = settings
  const attempt = async (args: readonly string[], options: GitCommandOptions = {}): Promise<GitResult> => {
    const access = await accessSettings(address, settings.access, settings.env)
    const { timeoutMs = 60_000, mostBytes = 64 * 1024 * 1024, input } = options
    const ended = await runChild('git', args, {
      cwd: directory,
      env: environmentFor(settings, access, options),
      timeoutMs,
      mostBytes,
      ...(input !== undefined && { input }),
      ...(signal && { signal }),
    })
    const detail = lastLines(ended.stderr, access.secrets)
    if ('exitCode' in ended) return { exitCode: ended.exitCode, stdout: ended.stdout, detail }
    const how = 'ended' in ended ? { ended: ended.ended } : { systemCode: ended.systemCode }
    throw new GitError({ ...about(args, address), ...how, ...(detail !== '' && { detail }) })
  }
  return {
    address: settings.address,
    attempt,
    run: async (args, options) => {
      const { exitCode, stdout, detail } = await attempt(args, options)
      if (exitCode === 0) return stdout
      throw new GitError({ ...about(args, address), exitCode, ...(detail !== '' && { detail }) })
    },
  }
}

const about = (args: readonly string[], { name }: GitAddress) => ({ operation: args[0] ?? '', repository: name })

function environmentFor(
  { address, directory }: GitSettings,
  access: AccessSettings,
  { repository, config = {}, env = {} }: GitCommandOptions,
): Readonly<Record<string, string>> {
  const entries = Object.entries({ ...hardening, ...access.config, ...config })
  return {
    ...access.env,
    // no .netrc, no .gitconfig
    HOME: '/dev/null',
    XDG_CONFIG_HOME: '/dev/null',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: address.protocol,
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_CEILING_DIRECTORIES: dirname(directory),
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    ...(repository !== undefined && { GIT_DIR: repository }),
    ...env,
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  }
}

/** The end of what git printed, on one line: its reason stands last. */
function lastLines(text: string, secrets: readonly string[]): string {
  const clean = secrets.reduce((left, secret) => (secret === '' ? left : left.replaceAll(secret, '[secret]')), text)
  const lines = clean
    .replace(/\/\/[^/@\s]*@/g, '//')
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines.slice(-4).join('; ').slice(0, 600)
}
