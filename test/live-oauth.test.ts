import { execFile } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { siteScopes } from '../src/atlassian/oauth-scopes.ts'
import { scopeListsOf } from '../src/sandbox/routes/oauth/operation-scopes.ts'
import { openOAuthAcme, type OAuthAcme, type OAuthAcmeOptions } from './oauth.builder.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

let acme: OAuthAcme
const open = async (options: OAuthAcmeOptions): Promise<void> => void (acme = await openOAuthAcme(options))
afterEach(() => acme.close())

interface Planned {
  readonly diagnostics: readonly { readonly code: string; readonly message: string; readonly hint?: string }[]
  readonly organizations: readonly {
    readonly summary: Record<'add' | 'change' | 'remove' | 'held' | 'unread', number>
  }[]
}

async function plan() {
  const ran = await acme.run('plan', '--json')
  return { ...ran, json: JSON.parse(ran.stdout) as Planned }
}

const differences = [{ summary: { add: 22, change: 7, unread: 0 } }]

/** Calls of Jira and Confluence: those that a site's credential answers for. */
const siteCalls = () => acme.sandbox.journal.entries.filter(({ api }) => api === 'jira' || api === 'confluence')

describe.each(['ClientCredentials', 'AuthorizationCode'] as const)('%s', (grant) => {
  test('with the scopes that Roster asks for reads and writes all of the example, through the gateway', async () => {
    await open({ grant, scopes: siteScopes })
    expect((await plan()).json.organizations).toMatchObject(differences)
    await acme.run('apply', '--yes')
    acme.passTime(2 * minuteMs)
    await acme.run('apply', '--yes')
    const calls = siteCalls()
    expect(calls.filter(({ path }) => !path.startsWith('/ex/'))).toEqual([])
    expect(calls.filter(({ status }) => status === 401)).toEqual([])
    expect(calls.some(({ write, status }) => write && status < 300)).toBe(true)
    // the file keeps the token for the commands after it; a client of a service account keeps nothing
    expect(acme.exchanges()).toBe(grant === 'AuthorizationCode' ? 1 : 3)
  })

  test('shows nobody a token or a secret', async () => {
    await open({ grant })
    const ran = [await acme.run('plan'), await acme.run('plan', '--json'), await acme.run('apply', '--yes')]
    const files = Object.entries(acme.stateFiles()).filter(([name]) => !name.endsWith('.token.json'))
    const told = JSON.stringify([ran, files])
    expect(told).not.toMatch(/access-[0-9a-f]{8}-|refresh-[0-9a-f]{8}-|app-secret-1|app-refresh-1/)
    expect(acme.sandbox.journal.entries.filter(({ path }) => /token=|secret/.test(path))).toEqual([])
  })

  test('a token that ends in the middle of a run is renewed once, and reading goes on', async () => {
    await open({ grant })
    acme.sandbox.faults.add({
      match: { operation: 'getProjectRole', after: 2, times: 1 },
      effect: { kind: 'html-error', status: 401 },
    })
    expect((await plan()).json.organizations).toMatchObject(differences)
    expect(acme.exchanges()).toBe(2)
  })

  test('a write that is answered 401 was not looked at, and is sent once more', async () => {
    await open({ grant })
    acme.sandbox.faults.add({
      match: { operation: 'addActorUsers', times: 1 },
      effect: { kind: 'html-error', status: 401 },
    })
    const { stdout } = await acme.run('apply', '--yes', '--json')
    expect(stdout).not.toMatch(/"result": "(failed|unknown)"/)
    const writes = siteCalls().filter(({ operation }) => operation === 'addActorUsers')
    expect(writes.filter(({ status }) => status === 401)).toHaveLength(1)
  })

  test('a scope that is missing is told in the words of Atlassian and asks for one other token at most', async () => {
    await open({ grant, scopes: siteScopes.filter((scope) => scope !== 'read:project-role:jira') })
    const { stderr } = await acme.run('plan')
    expect(stderr).toContain('scope does not match')
    expect(acme.exchanges()).toBe(2)
  })
})

test('the scopes that Roster asks for are those of the operations it calls, and no more', async () => {
  await open({ grant: 'ClientCredentials' })
  await acme.run('get', 'all')
  await acme.run('apply', '--yes')
  acme.passTime(2 * minuteMs)
  await acme.run('apply', '--yes')
  const templates = siteCalls().map(({ method, recorded }) => [method, recorded!.template] as const)
  // asked where a role is not found, to tell a missing permission from a missing project
  const rare = [['GET', '/rest/api/3/mypermissions']] as const
  const called = [...templates, ...rare].flatMap(([method, template]) => scopeListsOf(method, template)?.at(-1) ?? [])
  const missing = new Set(called).difference(new Set(siteScopes))
  expect([...missing]).toEqual([])
  const superfluous = new Set(siteScopes).difference(new Set(called))
  expect([...superfluous]).toEqual([])
})

describe('a consent', () => {
  test('is exchanged once an hour, however many commands run', async () => {
    await open({ grant: 'AuthorizationCode' })
    await plan()
    await plan()
    expect(acme.exchanges()).toBe(1)
    acme.passTime(60 * minuteMs)
    await plan()
    expect(acme.exchanges()).toBe(2)
  })

  test('that was withdrawn leaves the sites unread, says how to log in, and is not tried again', async () => {
    await open({ grant: 'AuthorizationCode' })
    await plan()
    acme.sandbox.world.state.refreshTokens.clear()
    acme.passTime(60 * minuteMs)
    const { code, stderr } = await acme.run('plan')
    expect(code).toBe(4)
    expect(stderr).toContain('roster login --site acme')
    expect(acme.exchanges()).toBe(2)
  })

  test('that nobody has given stops the organization, and says how to log in', async () => {
    await open({ grant: 'AuthorizationCode', declaresToken: false })
    const { code, stderr } = await acme.run('plan')
    expect(code).toBe(1)
    expect(stderr).toMatch(/organization\.yaml:\d+:\d+ error\[CREDENTIAL_MISSING\][\s\S]*roster login --site acme/)
  })

  test('is warned about a month before its year is over', async () => {
    await open({ grant: 'AuthorizationCode' })
    await plan()
    for (let day = 0; day < 5; day += 1) {
      acme.passTime(66 * dayMs)
      expect((await plan()).stderr).not.toContain('CREDENTIAL_EXPIRING')
    }
    acme.passTime(6 * dayMs)
    const { json } = await plan()
    expect(json.diagnostics).toMatchObject([
      { code: 'CREDENTIAL_EXPIRING', message: expect.stringContaining('ends on 2027-11-25') },
    ])
  })

  test('in a file that others may read is not used', async () => {
    await open({ grant: 'AuthorizationCode' })
    await plan()
    chmodSync(acme.tokenFile(), 0o644)
    acme.sandbox.journal.clear()
    const { code, stderr } = await acme.run('plan')
    expect(code).toBe(1)
    expect(stderr).toMatch(/may be read by others[\s\S]*chmod 600/)
    expect(acme.sandbox.journal.entries).toEqual([])
  })

  test('that four processes need at once is exchanged once', async () => {
    await open({ grant: 'AuthorizationCode' })
    const main = join(import.meta.dirname, '../src/cli/main.ts')
    const script = `import { main } from ${JSON.stringify(main)}; process.exitCode = await main(process.argv.slice(1))`
    const words = ['get', 'projects', acme.access, '--sandbox', acme.sandbox.url]
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, ...words])
    const ran = await Promise.all(Array.from({ length: 4 }, run))
    expect(ran.every(({ stdout }) => stdout.includes('PAY'))).toBe(true)
    expect(acme.exchanges()).toBe(1)
  }, 60_000)
})
