import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { environment } from '../src/config.ts'
import { temporary } from './git-repository.builder.ts'

const program = '/usr/sbin/sshd'
/** sshd as root wants it, and where no init system runs nobody has made it. */
const separation = '/run/sshd'

export const hasSshd = existsSync(program)

/** An sshd on loopback that lets one key in, as the user of the tests. */
export interface SshServer {
  readonly port: number
  /** `ssh://somebody@127.0.0.1:40123` */
  readonly url: string
  /** A file that names this host. */
  readonly knownHostsFile: string
  /** Of a key that it lets in. */
  readonly keyFile: string
  /** What it wrote so far, of all connections. */
  log(): string
  connections(): number
  close(): Promise<void>
}

/** A new key pair. @returns the file of the private key */
export function makeSshKey(): string {
  const file = join(temporary('ssh-key'), 'id')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file])
  return file
}

/** An agent that holds one key. */
export async function startAgent(keyFile: string): Promise<{ readonly socket: string; end(): void }> {
  const socket = join(temporary('ssh-agent'), 'socket')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  await expect.poll(() => existsSync(socket)).toBe(true)
  execFileSync('ssh-add', ['-q', keyFile], { env: { PATH: environment()['PATH'], SSH_AUTH_SOCK: socket } })
  return { socket, end: () => void agent.kill() }
}

/** Each connection has an sshd of its own (`sshd -i`), so the port is whatever is free. */
export async function startSshd(): Promise<SshServer> {
  if (process.getuid?.() === 0) mkdirSync(separation, { recursive: true })
  const directory = temporary('sshd')
  const [hostKey, keyFile] = [makeSshKey(), makeSshKey()]
  const [authorized, configuration] = [join(directory, 'authorized'), join(directory, 'sshd_config')]
  writeFileSync(authorized, readFileSync(`${keyFile}.pub`))
  writeFileSync(configuration, configurationOf(hostKey, authorized))
  let text = ''
  let count = 0
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    count += 1
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => {})
    const child = spawn(program, ['-i', '-e', '-f', configuration], { env: { PATH: environment()['PATH'] } })
    child.stdin.on('error', () => {})
    child.stderr.on('data', (chunk: Buffer) => void (text += chunk.toString('utf8')))
    socket.pipe(child.stdin)
    child.stdout.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const knownHostsFile = join(directory, 'known hosts')
  writeFileSync(knownHostsFile, knownHost(port, hostKey))
  return {
    port,
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    knownHostsFile,
    keyFile,
    log: () => text,
    connections: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

export const knownHost = (port: number, hostKey: string): string =>
  `[127.0.0.1]:${port} ${readFileSync(`${hostKey}.pub`, 'utf8')}`

const configurationOf = (hostKey: string, authorized: string): string => `HostKey ${hostKey}
AuthorizedKeysFile ${authorized}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
LogLevel VERBOSE
PidFile none
`
