import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { environment } from '../src/config.ts'
import { roster } from '../src/cli/process.builder.ts'
import type { GitAccess } from '../src/source/git/git-access.ts'
import { makeRepository, open, organization, removeTemporaries, temporary } from './git-repository.builder.ts'
import { hasSshd, knownHost, makeSshKey, startAgent, startSshd, type SshServer } from './git-sshd.builder.ts'

// git is some processes for each look
vi.setConfig({ testTimeout: 60_000 })
afterAll(removeTemporaries)

const made = makeRepository({ 'access/org.yaml': organization })

describe.skipIf(!hasSshd)('ssh (skipped without /usr/sbin/sshd)', () => {
  let server: SshServer
  beforeAll(async () => void (server = await startSshd()))
  afterAll(() => server.close())

  async function read(access: GitAccess, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
    const address = `${server.url}${made.directory}`
    const repository = await open(address, { path: 'access', access, env: { ...environment(), ...env } })
    try {
      const revision = await repository.checkOut(await repository.poll())
      return [...revision.files.keys()]
    } finally {
      await repository.close()
    }
  }

  test('a known host lets a known key in, and a poll is one connection', async () => {
    const { keyFile, knownHostsFile } = server
    const before = server.connections()
    expect(await read({ sshKeyFile: keyFile, knownHostsFile })).toEqual(['access/org.yaml'])
    // one for the poll, one for the commit; this server has no partial clones
    expect(server.connections() - before).toBe(2)
  })

  test('what forges show as an address works: user@host:path', async () => {
    const access = { sshKeyFile: server.keyFile, knownHostsFile: server.knownHostsFile }
    const repository = await open('git@example.com:acme/access.git', { access })
    expect(repository.source).toBe('ssh://example.com/acme/access')
    await repository.close()
  })

  const refusals: Readonly<
    Record<string, () => { readonly hosts: string; readonly key: string; readonly says: RegExp }>
  > = {
    'a host that nobody vouches for': () => ({ hosts: '', key: server.keyFile, says: /host key/i }),
    'a host with another key than before': () => ({
      hosts: knownHost(server.port, makeSshKey()),
      key: server.keyFile,
      says: /host key|identification has changed/i,
    }),
    'a key that the host does not know': () => ({
      hosts: readFileSync(server.knownHostsFile, 'utf8'),
      key: makeSshKey(),
      says: /permission denied/i,
    }),
  }

  for (const [name, refusal] of Object.entries(refusals)) {
    test(`${name} is an error, nobody is asked, and nothing is noted down`, async () => {
      const { hosts, key, says } = refusal()
      const knownHostsFile = join(temporary('known-hosts'), "ana's hosts")
      writeFileSync(knownHostsFile, hosts)
      const failed = read({ sshKeyFile: key, knownHostsFile })
      await expect(failed).rejects.toMatchObject({ code: 'GIT', failure: { operation: 'ls-remote', exitCode: 128 } })
      await expect(failed).rejects.toThrow(says)
      expect(readFileSync(knownHostsFile, 'utf8')).toBe(hosts)
    })
  }

  test("the user's agent opens where no key is named, and is not asked where one is", async () => {
    const { keyFile, knownHostsFile } = server
    const [right, other] = await Promise.all([startAgent(keyFile), startAgent(makeSshKey())])
    expect(await read({ knownHostsFile }, { SSH_AUTH_SOCK: right.socket })).toEqual(['access/org.yaml'])
    const before = server.log().length
    expect(await read({ knownHostsFile, sshKeyFile: keyFile }, { SSH_AUTH_SOCK: other.socket })).toHaveLength(1)
    expect(server.log().slice(before)).toContain('Accepted publickey')
    expect(server.log().slice(before)).not.toContain('Failed publickey')
    right.end()
    other.end()
  })

  test('the command line takes key and hosts from its environment', async () => {
    const env = {
      PATH: environment()['PATH'],
      ROSTER_GIT_SSH_KEY_FILE: server.keyFile,
      ROSTER_GIT_KNOWN_HOSTS_FILE: server.knownHostsFile,
    }
    const argv = ['validate', '--repo', `${server.url}${made.directory}`, '--path', 'access']
    const { stderr } = await roster(argv, { cwd: temporary('git-ssh'), env })
    expect(stderr).toMatch(/^HEAD is commit [0-9a-f]{40} of 2026-11-20T00:00:00\.000Z$/m)
  })
})

test('who gives up on a silent host ends ssh too', async () => {
  const giveUp = new AbortController()
  const silent = createServer()
  const ended = new Promise<void>((resolve) => {
    silent.on('connection', (socket: Socket) => {
      socket.resume().on('close', () => resolve())
      giveUp.abort()
    })
  })
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  const repository = await open(`ssh://git@127.0.0.1:${port}/access.git`, { signal: giveUp.signal })
  await expect(repository.poll()).rejects.toMatchObject({ failure: { ended: 'stopped' } })
  await ended
  await repository.close()
  silent.close()
})
