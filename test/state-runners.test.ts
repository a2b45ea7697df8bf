import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serveGit, type GitServer } from './git-http.builder.ts'
import { crew, openTeam, organization, type RunnerSettings, type Team } from './state-runner.builder.ts'

const state = ['--state', 'refs/roster/state']

let team: Team
let server: GitServer | undefined

beforeEach(async () => {
  team = await openTeam()
  team.repository.commit({
    'access/organization.yaml': organization,
    'access/devs.yaml': crew('devs', ['p01']),
    'access/ops.yaml': crew('ops', ['p02', 'p03']),
  })
})

afterEach(async () => {
  await server?.close()
  server = undefined
  await team.close()
})

/** How a runner reaches the repository. */
const ways: Readonly<Record<string, (team: Team) => Promise<RunnerSettings>>> = {
  'over file': async () => ({}),
  'over HTTP with a token in the address of the clone, as GitLab leaves it': async ({ repository }) => {
    server = await serve(repository.directory)
    return { url: `${server.url.replace('//', '//bot:s3cret@')}/access.git` }
  },
  'over HTTP with a header in the settings of the clone, as GitHub leaves it': async ({ repository }) => {
    server = await serve(repository.directory)
    const header = `AUTHORIZATION: basic ${Buffer.from('bot:s3cret').toString('base64')}`
    return { url: `${server.url}/access.git`, cloneFlags: ['-c', `http.${server.url}/.extraheader=${header}`] }
  },
}

const serve = (repository: string): Promise<GitServer> =>
  serveGit({ directory: repository.replace(/\/access\.git$/, ''), username: 'bot', password: 's3cret' })

describe('two runners with empty disks that take turns', { timeout: 120_000 }, () => {
  test.each(Object.entries(ways))('withdraw what the other one added: %s', async (way, settingsFor) => {
    const settings = await settingsFor(team)
    const first = await team.runner(1, settings)
    expect(await first.roster('apply', 'access', '--yes', ...state)).toMatchObject({ code: 0 })
    first.discard()
    expect(team.members('ops')).toEqual(['ana', 'bob', 'cara', 'dan', 'p02', 'p03'])
    team.repository.commit({ 'access/ops.yaml': null })
    const second = await team.runner(2, settings)
    const [startedMs, requestsBefore] = [performance.now(), gitRequests()]
    expect(await second.roster('apply', 'access', '--yes', ...state)).toMatchObject({ code: 0 })
    const [tookMs, requests] = [performance.now() - startedMs, gitRequests() - requestsBefore]
    second.discard()
    expect(team.members('ops')).toEqual(['ana', 'bob', 'cara', 'dan'])
    expect(team.members('devs')).toContain('p01')
    expect(team.writers()).toEqual(['runner-1', 'runner-1', 'runner-1', 'runner-2', 'runner-2'])
    const third = await team.runner(1, settings)
    expect(await third.roster('plan', 'access', '--detailed-exitcode', ...state)).toMatchObject({ code: 0 })
    tell(`second runner, ${way}: ${Math.round(tookMs)} ms from start to end, ${requests} requests to the git server`)
  })

  test('also where one has no clone and reads the repository', async () => {
    expect(await (await team.runner(1)).roster('apply', 'access', '--yes', ...state)).toMatchObject({ code: 0 })
    team.repository.commit({ 'access/ops.yaml': null })
    const repo = ['--repo', team.repository.address, '--path', 'access']
    expect(await (await team.runner(2)).roster('apply', '--yes', ...repo, ...state)).toMatchObject({ code: 0 })
    expect(team.members('ops')).toEqual(['ana', 'bob', 'cara', 'dan'])
  })

  test('see what was approved on the other one', async () => {
    const many = ['p01', 'p02', 'p03', 'p04', 'p05', 'p06']
    team.repository.commit({ 'access/ops.yaml': crew('ops', many) })
    const first = await team.runner(1)
    expect(await first.roster('apply', 'access', '--yes', ...state)).toMatchObject({ code: 0 })
    team.repository.commit({ 'access/ops.yaml': null })
    const second = await team.runner(2)
    const held = await second.roster('apply', 'access', '--yes', ...state)
    expect(held).toMatchObject({ code: 3 })
    const [digest] = /[0-9a-f]{12}(?= )/.exec(held.stdout) ?? ['no digest']
    expect(await first.roster('approve', digest, 'access', '--until', '1h', ...state)).toMatchObject({ code: 0 })
    expect(await second.roster('apply', 'access', '--yes', ...state)).toMatchObject({ code: 0 })
    expect(team.members('ops')).toEqual(['ana', 'bob', 'cara', 'dan'])
  })

  test('withdraw nothing where each has a state of its own', async () => {
    await (await team.runner(1)).roster('apply', 'access', '--yes')
    team.repository.commit({ 'access/ops.yaml': null })
    expect(await (await team.runner(2)).roster('apply', 'access', '--yes')).toMatchObject({ code: 0 })
    expect(team.members('ops')).toEqual(['ana', 'bob', 'cara', 'dan', 'p02', 'p03'])
  })
})

const gitRequests = (): number => server?.requests.length ?? 0
const tell = (text: string): void => void process.stderr.write(`\n${text}\n`)
