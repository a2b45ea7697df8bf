import { describe, expect, test } from 'vitest'
import { buildDirectory, buildManifest, nobodyPromised } from '../principals.builder.ts'
import { projectRoles } from './api.ts'
import { readCatalogue, type AbsentProjects } from './catalogue.ts'
import { jiraRoleBinding } from './index.ts'
import { developers, notFound, pay, readerOf } from './jira-site.builder.ts'
import type { JiraRoleBindingSpec } from './schema.ts'

const spec: JiraRoleBindingSpec = {
  site: 'acme',
  projects: { keys: ['PAY'] },
  role: 'Developers',
  authority: 'Authoritative',
  subjects: [{ group: 'pay-devs' }],
}

describe('reading what a site has', () => {
  test('without the right to list global roles they are read from each project', async () => {
    const reader = readerOf({
      '/rest/api/3/project/search': () => ({ values: [pay], isLast: true }),
      '/rest/api/3/role': () => {
        throw notFound(403)
      },
      '/rest/api/3/project/{projectIdOrKey}/roledetails': () => [developers],
    })
    const site = (await readCatalogue([spec], reader)).get('acme')
    expect(site && 'rolesOf' in site && site.rolesOf.get('10000')).toEqual([developers])
  })

  test('keys are asked for fifty at a time, and again among the archived where none is found', async () => {
    const asked: unknown[] = []
    const reader = readerOf({
      '/rest/api/3/project/search': ({ query }) => {
        asked.push([(query as { readonly keys: readonly string[] }).keys.length, query?.['status'] ?? 'live'])
        throw notFound()
      },
      '/rest/api/3/role': () => [],
      '/rest/api/3/mypermissions': () => ({ permissions: { ADMINISTER: { havePermission: true } } }),
    })
    const keys = Array.from({ length: 60 }, (_, at) => `P${at}`)
    const site = (await readCatalogue([{ ...spec, projects: { keys } }], reader)).get('acme')
    expect(asked).toEqual([
      [50, 'live'],
      [10, 'live'],
      [50, 'archived'],
      [10, 'archived'],
    ])
    expect(site).toMatchObject({ absent: { seesAll: true } })
    expect(jiraRoleBinding.forecastCatalogue([{ ...spec, projects: { keys } }])).toEqual({ calls: 3, exact: false })
  })

  test('where every key is found nothing is asked of permissions and archived projects', async () => {
    const reader = readerOf({
      '/rest/api/3/project/search': () => ({ values: [pay], isLast: true }),
      '/rest/api/3/role': () => [developers],
    })
    expect((await readCatalogue([spec], reader)).get('acme')).toMatchObject({ absent: { archived: new Set() } })
  })

  const permissions = {
    'none of the permissions': [[], 'FORBIDDEN', /lacks Administer Projects there, and Administer Jira/],
    'Administer Jira': [['ADMINISTER'], 'NOT_FOUND', /^GET .* 404/],
    'Administer Projects': [['ADMINISTER_PROJECTS'], 'NOT_FOUND', /^GET .* 404/],
  } as const
  test.each(Object.entries(permissions))('roles of a project that answer 404 to %s are told so', async (_, each) => {
    const [held, code, message] = each
    const reader = readerOf({
      '/rest/api/3/project/{projectIdOrKey}/roledetails': () => {
        throw notFound()
      },
      '/rest/api/3/mypermissions': () => ({
        permissions: Object.fromEntries(held.map((key) => [key, { havePermission: true }])),
      }),
    })
    const told = await projectRoles(reader, { site: 'acme', projectId: '10000' })
    expect(told).toMatchObject({ code, message: expect.stringMatching(message) as unknown })
  })
})

describe('a key that is not found', () => {
  const told = (keys: string[], absent: Partial<AbsentProjects>) => {
    const site = {
      projects: [pay],
      roles: [developers],
      rolesOf: new Map(),
      absent: { archived: new Set<string>(), ...absent },
    }
    const given = { ...spec, projects: { keys } }
    const {
      claims,
      diagnostics,
      unclaimed = false,
    } = jiraRoleBinding.expand(
      { manifest: buildManifest('JiraRoleBinding', given), spec: given },
      {
        directory: buildDirectory({ groups: { 'pay-devs': 'g1' } }),
        promised: nobodyPromised,
        catalogue: new Map([['acme', site]]),
        siblings: new Map(),
        peers: [],
        nowMs: 0,
      },
    )
    return { claims: claims.length, holds: unclaimed, ...diagnostics[0] }
  }

  test('a project that is not there is a mistake, and one that may be hidden is a permission that is missing', () => {
    const missing = { claims: 0, holds: true, code: 'UNKNOWN_PROJECT', severity: 'error' }
    expect(told(['LED'], { seesAll: true })).toMatchObject({
      ...missing,
      message: 'there is no Jira space (project) LED on site acme',
    })
    expect(told(['LED'], { seesAll: false })).toMatchObject({
      ...missing,
      message: expect.stringMatching(/hidden from the credential, which lacks Administer Jira$/) as unknown,
      hint: expect.stringMatching(/give the credential Administer Jira/) as unknown,
    })
    expect(told(['LED'], {})).toMatchObject({
      ...missing,
      message: 'no Jira space (project) LED is visible on site acme',
    })
  })

  test('an archived project is left alone and holds nothing elsewhere', () => {
    expect(told(['OLD'], { archived: new Set(['OLD']), seesAll: true })).toMatchObject({
      claims: 0,
      holds: false,
      code: 'NOT_WRITABLE',
      severity: 'warning',
    })
  })
})
