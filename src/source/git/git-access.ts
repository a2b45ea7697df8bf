import type { GitAddress } from './git-address.ts'

export interface GitCredential {
  readonly username: string
  readonly password: string
}

/** How git proves who it is, and how it knows whom it talks to. */
export interface GitAccess {
  /** For https. Asked for each command, so that a token may be renewed while a daemon runs. */
  readonly credential?: () => Promise<GitCredential>
  /** For https: PEM file of the authorities to trust, instead of git's own. Absolute. */
  readonly authorityFile?: string
  /** For ssh. Absolute. Without one: the agent, then the user's own keys. */
  readonly sshKeyFile?: string
  /** For ssh. Absolute. Without one: the user's and the machine's own. A host that is not in it is never trusted. */
  readonly knownHostsFile?: string
}

/** Settings for git, as environment, so that no secret is ever an argument. */
export interface AccessSettings {
  readonly config: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  /** What must be cut from everything that git prints. */
  readonly secrets: readonly string[]
}

/** From the environment of the process: what leads to ssh's agent and out of the network. */
const passed = ['PATH', 'https_proxy', 'HTTPS_PROXY', 'http_proxy', 'no_proxy', 'NO_PROXY', 'TMPDIR'] as const

export async function accessSettings(
  { url, protocol }: GitAddress,
  access: GitAccess,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AccessSettings> {
  const kept = Object.fromEntries(passed.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
  if (protocol === 'ssh') return { config: {}, env: { ...kept, ...sshEnvironment(access, env) }, secrets: [] }
  if (protocol === 'file') return { config: {}, env: kept, secrets: [] }
  const authority = access.authorityFile === undefined ? {} : { 'http.sslCAInfo': access.authorityFile }
  if (!access.credential) return { config: authority, env: kept, secrets: [] }
  const { username, password } = await access.credential()
  const basic = Buffer.from(`${username}:${password}`).toString('base64')
  // for this server alone
  const config = { ...authority, [`http.${new URL('/', url).href}.extraHeader`]: `Authorization: Basic ${basic}` }
  return { config, env: kept, secrets: [password, basic] }
}

function sshEnvironment(
  { sshKeyFile, knownHostsFile }: GitAccess,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'ConnectTimeout=15',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=2',
    ...(knownHostsFile === undefined
      ? []
      : [`UserKnownHostsFile=${quotedForSsh(knownHostsFile)}`, 'GlobalKnownHostsFile=/dev/null']),
    ...(sshKeyFile === undefined ? [] : [`IdentityFile=${quotedForSsh(sshKeyFile)}`, 'IdentitiesOnly=yes']),
  ]
  const agent = env['SSH_AUTH_SOCK']
  return {
    // git hands this to a shell
    GIT_SSH_COMMAND: ['ssh', '-F', 'none', ...options.flatMap((option) => ['-o', quotedForShell(option)])].join(' '),
    GIT_SSH_VARIANT: 'ssh',
    ...(agent !== undefined && sshKeyFile === undefined && { SSH_AUTH_SOCK: agent }),
  }
}

const quotedForShell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** In ssh's own words a space separates files and `%` begins a token. */
const quotedForSsh = (path: string): string => `"${path.replaceAll('%', '%%')}"`
