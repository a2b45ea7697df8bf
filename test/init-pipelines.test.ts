import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGitHub, startGitLab, type Forge } from './forge.builder.ts'
import { openAccessRepository, scriptsOf, type AccessRepository, type Job } from './init-pipelines.builder.ts'

interface Platform {
  readonly start: () => Promise<Forge>
  readonly run: (job: 'validate' | 'plan' | 'apply' | 'drift', forge: Forge) => Promise<Job>
  /** What a drift ends with. */
  readonly drifted: { readonly code: number; readonly openIssues: number }
}

let repository: AccessRepository
beforeAll(async () => void (repository = await openAccessRepository()), 60_000)
afterAll(() => repository.close())

const platforms: Readonly<Record<string, Platform>> = {
  github: {
    start: startGitHub,
    run: (job, forge) => repository.github(job === 'validate' ? 'plan.yml' : `${job}.yml`, job, forge),
    drifted: { code: 0, openIssues: 1 },
  },
  gitlab: {
    start: startGitLab,
    run: (job, forge) => repository.gitlab(job, forge),
    drifted: { code: 2, openIssues: 0 },
  },
}

const manifests = (group: string): string =>
  [
    ['AtlassianGroup', `{ name: ${group} }`],
    [
      'AtlassianGroupMembership',
      `{ group: ${group}, authority: Additive, members: [{ email: luis.ortega@acme.com }] }`,
    ],
  ]
    .map(
      ([kind, spec]) => `apiVersion: roster.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${group} }\nspec: ${spec}\n`,
    )
    .join('---\n')

test.each(Object.entries(platforms))(
  'the pipeline of %s plans a branch, applies what is merged, and tells drift',
  async (name, { start, run, drifted }) => {
    const forge = await start()
    const { git, sandbox } = repository
    git('switch', '--quiet', '--create', `for-${name}`)
    repository.write(`access/teams/${name}.yaml`, manifests(name))
    repository.commit()
    expect(await run('validate', forge)).toMatchObject({ code: 0 })
    expect(await run('plan', forge)).toMatchObject({ code: 0 })
    // the branch is pushed to again: one comment, not two
    expect(await run('plan', forge)).toMatchObject({ code: 0 })
    expect(forge.comments).toHaveLength(1)
    expect(forge.comments[0]!.body).toContain('l***@acme.com')
    expect(sandbox.journal.writes()).toEqual([])

    git('switch', '--quiet', 'main')
    git('merge', '--quiet', `for-${name}`)
    git('push', '--quiet', 'origin', 'main')
    expect(await run('apply', forge)).toMatchObject({ code: 0 })
    expect(sandbox.world.members(name)).toHaveLength(1)
    expect(git('ls-remote', 'origin', 'refs/roster/state')).toContain('refs/roster/state')
    expect(await run('drift', forge)).toMatchObject({ code: 0 })
    expect(forge.issues).toEqual([])

    sandbox.world.removeMember(name, 'luis.ortega@acme.com')
    expect(await run('drift', forge)).toMatchObject({ code: drifted.code })
    expect(forge.issues.filter(({ isOpen }) => isOpen)).toHaveLength(drifted.openIssues)
    expect(await run('apply', forge)).toMatchObject({ code: 0 })
    expect(await run('drift', forge)).toMatchObject({ code: 0 })
    expect(forge.issues.filter(({ isOpen }) => isOpen)).toEqual([])
    sandbox.journal.clear()
    await forge.close()
  },
  180_000,
)

test.each(Object.entries(platforms))(
  'the plan of %s sends no key where only a branch says',
  async (name, { start, run }) => {
    const forge = await start()
    const { git, sandbox, directory } = repository
    git('switch', '--quiet', '--create', `evil-${name}`)
    const organization = readFileSync(join(directory, 'access/organization.yaml'), 'utf8')
    repository.write('access/organization.yaml', organization.replace(/api: '.*?'/, "api: 'https://evil.example'"))
    repository.commit()
    sandbox.journal.clear()
    const { code, log } = await run('plan', forge)
    expect(code).toBe(1)
    expect(log).toContain('CREDENTIALS_MOVED')
    expect(sandbox.journal.entries).toEqual([])
    git('switch', '--quiet', 'main')
    await forge.close()
  },
  60_000,
)

const installed = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(join(directory, program)))

/** https://github.com/rhysd/actionlint: events, permissions, expressions, and the scripts in them. */
test.skipIf(!installed('actionlint'))('actionlint finds nothing in the workflows (skipped without actionlint)', () => {
  const { stdout, status } = spawnSync('actionlint', ['-oneline'], { cwd: repository.directory, encoding: 'utf8' })
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
})

test.skipIf(!installed('shellcheck'))(
  'shellcheck finds nothing in the scripts of GitLab (skipped without shellcheck)',
  () => {
    const scripts = scriptsOf(repository.directory)
    expect(scripts).toHaveLength(4)
    for (const input of scripts)
      expect(spawnSync('shellcheck', ['--shell=bash', '-'], { input, encoding: 'utf8' }).stdout).toBe('')
  },
)
