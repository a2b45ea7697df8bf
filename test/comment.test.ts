import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { roster, type Ran } from '../src/cli/process.builder.ts'
import { renderMarkdown } from '../src/report/plan-markdown.ts'
import { add, planScope, planView } from '../src/report/plan.builder.ts'
import { post, startGitHub, startGitLab, token, type Forge } from './forge.builder.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'roster-comment-'))
})

/** A plan of these organizations, each with a change of this name, as `plan -o markdown` prints it. */
function plan(organizations: Readonly<Record<string, string>>, path = 'access'): string {
  const views = Object.entries(organizations).map(([organization, name]) =>
    planView([planScope('Group a', { changes: [add(name, 1)] })], { organization }),
  )
  return renderMarkdown(views, {
    paths: [path],
    diagnostics: [],
    texts: new Map(),
    redact: (text) => text,
    approve: (digest) => `roster approve ${digest}`,
    seeWhole: 'roster plan access',
  })
}

const forges = {
  GitHub: {
    start: startGitHub,
    title: 'pull request 7 of acme/access',
    env: ({ url }: Forge) => {
      writeFileSync(join(cwd, 'event.json'), JSON.stringify({ pull_request: { number: 7 } }))
      const event = { GITHUB_EVENT_PATH: join(cwd, 'event.json'), GITHUB_REPOSITORY: 'acme/access' }
      return { GITHUB_ACTIONS: 'true', GITHUB_API_URL: url, GITHUB_TOKEN: token, ...event }
    },
  },
  GitLab: {
    start: startGitLab,
    title: 'merge request 7 of project 4711',
    env: ({ url }: Forge) => {
      const request = { CI_PROJECT_ID: '4711', CI_MERGE_REQUEST_IID: '7' }
      return { GITLAB_CI: 'true', CI_API_V4_URL: url, GITLAB_TOKEN: token, ...request }
    },
  },
}

describe.each(Object.entries(forges))('on %s', (name, { start, env, title }) => {
  let forge: Forge
  beforeEach(async () => {
    forge = await start()
  })
  afterEach(() => forge.close())

  function comment(document: string, ...flags: readonly string[]): Promise<Ran> {
    writeFileSync(join(cwd, 'plan.md'), document)
    return roster(['comment', 'plan.md', ...flags], { cwd, env: env(forge) })
  }
  const bodies = (): readonly string[] => forge.comments.map(({ body }) => body)

  test('the first run writes a comment per organization, the second none, and a new plan changes its own', async () => {
    const before = plan({ acme: 'ana', beta: 'bob' })
    expect(await comment(before)).toEqual({
      code: 0,
      stdout: '',
      stderr: `${title}: 2 written, 0 left as before, 0 removed\n`,
    })
    expect(bodies().join('\n\n')).toBe(before)
    expect((await comment(before)).stderr).toBe(`${title}: 0 written, 2 left as before, 0 removed\n`)
    expect((await comment(plan({ acme: 'eve', beta: 'bob' }))).stderr).toContain('1 written, 1 left as before')
    expect(bodies().map((body) => [body.includes('eve'), body.includes('bob')])).toEqual([
      [true, false],
      [false, true],
    ])
  })

  test('its comment is found among pages of others, and lines may end as a browser ends them', async () => {
    for (let index = 0; index < 5; index += 1) forge.comments.push(post(`word ${index}`, 'ana'))
    forge.comments.push(post(plan({ acme: 'ana' }).replaceAll('\n', '\r\n')))
    expect((await comment(plan({ acme: 'ana' }))).stderr).toContain('0 written, 1 left as before')
    expect(forge.writes).toEqual([])
  })

  test('what somebody else wrote is left alone, whatever it begins with', async () => {
    const theirs = plan({ acme: 'mallory' })
    forge.comments.push(post(theirs, 'mallory'))
    await comment(plan({ acme: 'ana' }))
    await comment(plan({ acme: 'ana' }), '--done')
    expect(bodies()).toEqual([theirs])
  })

  test('a comment of another path stays, one of an organization that is gone and a second one go', async () => {
    const other = plan({ acme: 'ana' }, 'other')
    const odd = `a word before\n${plan({ acme: 'ana' })}`
    for (const body of [other, plan({ gone: 'ana' }), plan({ acme: 'old' }), plan({ acme: 'old' }), odd])
      forge.comments.push(post(body))
    expect((await comment(plan({ acme: 'ana' }))).stderr).toContain('1 written, 0 left as before, 2 removed')
    expect(bodies()).toEqual([other, plan({ acme: 'ana' }), odd])
  })

  test('an issue is opened, kept, and closed when nothing is left to say', async () => {
    const drift = plan({ acme: 'ana' })
    await comment(drift, '--issue')
    await comment(plan({ acme: 'eve' }), '--issue')
    expect(forge.issues).toMatchObject([
      { title: 'Access of acme differs from the declaration', body: plan({ acme: 'eve' }), isOpen: true },
    ])
    await comment(drift, '--issue', '--done')
    expect(forge.issues.map(({ isOpen }) => isOpen)).toEqual([false])
    await comment(drift, '--issue')
    expect([forge.issues.map(({ isOpen }) => isOpen), bodies()]).toEqual([[false, true], []])
  })

  test('a refusal names the call, the status and what is missing, and no token', async () => {
    forge.refusal = 403
    const { code, stderr } = await comment(plan({ acme: 'ana' }))
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: POST \/\S+ answered 403: Resource not accessible by integration: /m)
    expect(stderr).toContain(name === 'GitHub' ? 'pull-requests: write' : 'scope api')
    expect(stderr).not.toContain(token)
  })

  test('a document that is none, a forge that is away and a run for no pull request are errors', async () => {
    expect((await comment('# a word')).stderr).toContain('plan.md is not what plan, drift or apply print')
    const url = 'http://127.0.0.1:1'
    writeFileSync(join(cwd, 'plan.md'), plan({ acme: 'ana' }))
    const away = await roster(['comment', 'plan.md'], {
      cwd,
      env: { ...env(forge), GITHUB_API_URL: url, CI_API_V4_URL: url },
    })
    writeFileSync(join(cwd, 'push.json'), '{}')
    const none = { ...env(forge), GITHUB_EVENT_PATH: join(cwd, 'push.json'), CI_MERGE_REQUEST_IID: '' }
    expect(away).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no answer (nobody can be reached') as string,
    })
    expect(await roster(['comment', 'plan.md'], { cwd, env: none })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: this run is for no (pull|merge) request$/m) as string,
    })
    expect(forge.writes).toEqual([])
  })
})

test('on GitHub a token that is a person finds what that person wrote', async () => {
  const forge = await startGitHub()
  forge.knowsItself = true
  forge.comments.push(post(plan({ acme: 'ana' }), 'other[bot]'))
  writeFileSync(join(cwd, 'plan.md'), plan({ acme: 'ana' }))
  const { stderr } = await roster(['comment', 'plan.md'], { cwd, env: forges.GitHub.env(forge) })
  expect(stderr).toContain('1 written, 0 left as before, 0 removed')
  await forge.close()
})

test('outside of a pipeline nobody says where to write', async () => {
  writeFileSync(join(cwd, 'plan.md'), plan({ acme: 'ana' }))
  const { code, stderr } = await roster(['comment', 'plan.md'], { cwd })
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('GitHub Actions') as string })
})
