import type { GitCredential } from '../source/git/git-access.ts'
import { runChild } from '../source/git/child-process.ts'
import { GitSettingError } from '../source/git/git-error.ts'

/** The repository that a clone came from, as the clone itself knows it. */
export interface Origin {
  /** Where it is pushed to, without credentials; a path may be relative to `top`. */
  readonly url: string
  /** The top of the clone; absolute. */
  readonly top: string
  /** Of the clone, outside its work tree; absolute. */
  readonly gitDirectory: string
  /** The directory as seen from the top of the clone, `access/`; empty at the top. */
  readonly prefix: string
  /** What the clone has for it: in its address, as a header (as CI systems leave it), or with a credential helper. */
  readonly credential?: () => Promise<GitCredential>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Of the process: what git needs to find the user's own settings. Nothing may ask. */
const passed = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'SSH_AUTH_SOCK', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM'] as const

/** @throws GitSettingError where the directory is in no clone, or the clone has no `origin` */
export async function readOrigin(directory: string, env: Environment): Promise<Origin> {
  const git = userGit(directory, env)
  const found = await git(['rev-parse', '--show-toplevel', '--absolute-git-dir', '--show-prefix'])
  if (found === undefined) {
    throw new GitSettingError(`${directory} is in no clone of a repository that git takes for its user's own`)
  }
  const [top = '', gitDirectory = '', prefix = ''] = found.split('\n')
  const address = await git(['remote', 'get-url', '--push', 'origin'])
  if (!address) throw new GitSettingError(`the repository at ${top} has no remote that is called origin`)
  const place = { top, gitDirectory, prefix }
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return { ...place, url: address }
  const url = new URL(address)
  const own = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  url.username = ''
  url.password = ''
  const credential = await credentialFor(url, own, git)
  return { ...place, url: url.href, ...(credential && { credential: () => Promise.resolve(credential) }) }
}

/** Undefined where git says no. */
type UserGit = (args: readonly string[], input?: string) => Promise<string | undefined>

function userGit(cwd: string, env: Environment): UserGit {
  const kept = Object.fromEntries(passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
  const quiet = { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', GIT_OPTIONAL_LOCKS: '0' }
  return async (args, input) => {
    const ended = await runChild('git', args, {
      cwd,
      env: { ...kept, ...quiet },
      timeoutMs: 30_000,
      mostBytes: 64 * 1024,
      ...(input !== undefined && { input }),
    })
    const answered = 'exitCode' in ended && ended.exitCode === 0
    return answered ? ended.stdout.toString('utf8').replace(/\n$/, '') : undefined
  }
}

async function credentialFor(url: URL, own: GitCredential, git: UserGit): Promise<GitCredential | undefined> {
  if (own.password !== '') return own
  const fromHeader = basicIn(await git(['config', '--get-urlmatch', 'http.extraheader', url.href]))
  if (fromHeader) return fromHeader
  const named = own.username === '' ? '' : `username=${own.username}\n`
  const asked = `protocol=${url.protocol.slice(0, -1)}\nhost=${url.host}\npath=${url.pathname.slice(1)}\n${named}\n`
  const filled = await git(['credential', 'fill'], asked)
  const values = new Map(filled?.split('\n').map((line) => splitOnce(line)))
  const [username, password] = [values.get('username'), values.get('password')]
  return username && password ? { username, password } : undefined
}

function splitOnce(line: string): readonly [string, string] {
  const at = line.indexOf('=')
  return [line.slice(0, at), line.slice(at + 1)]
}

/** `AUTHORIZATION: basic …`, https://github.com/actions/checkout leaves it in the clone. */
function basicIn(header: string | undefined): GitCredential | undefined {
  const [, encoded] = /^authorization:\s*basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(header ?? '') ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const at = text.indexOf(':')
  return at < 0 ? undefined : { username: text.slice(0, at), password: text.slice(at + 1) }
}
