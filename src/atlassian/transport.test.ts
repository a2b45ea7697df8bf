import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ApiRequest } from '../core/ports.ts'
import {
  addActor,
  api,
  classic,
  closeNetwork,
  connect,
  failureOf,
  openNetwork,
  project,
  scoped,
  site,
  suspend,
  token,
} from './transport.builder.ts'

beforeEach(closeNetwork)
afterEach(openNetwork)

describe('where a call goes', () => {
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
  const basic = { authorization: `Basic ${Buffer.from(`svc@acme.com:${token}`).toString('base64')}` }
  const get = (request: Omit<ApiRequest, 'method'>): ApiRequest => ({ method: 'GET', ...request })
  const cases: Record<string, { request: ApiRequest; base: string; path: string; headers: Record<string, string> }> = {
    'the Organizations API is below /admin, with its ids filled in': {
      request: get({ api: 'organization', path: '/v2/orgs/{orgId}/directories/{directoryId}/users/count' }),
      base: api,
      path: '/admin/v2/orgs/org-1/directories/dir-1/users/count',
      headers: bearer('org-k3y'),
    },
    'Admin Control has its whole path in its file': {
      request: get({
        api: 'control',
        path: '/admin/control/v1/orgs/{orgId}/auth-policy/task/{taskId}',
        params: { taskId: 't' },
      }),
      base: api,
      path: '/admin/control/v1/orgs/org-1/auth-policy/task/t',
      headers: bearer('org-k3y'),
    },
    'User management is keyed by account': {
      request: get({
        api: 'user-management',
        path: '/users/{account_id}/manage',
        params: { account_id: '712020:a|b' },
      }),
      base: api,
      path: '/users/712020%3Aa%7Cb/manage',
      headers: bearer('org-k3y'),
    },
    'SCIM has its own directory and its own key': {
      request: get({ api: 'scim', path: '/scim/directory/{directoryId}/Users' }),
      base: api,
      path: '/scim/directory/scim-1/Users',
      headers: bearer('scim-k3y'),
    },
    'Jira is on its site': { request: project, base: site, path: '/rest/api/3/project/PAY', headers: basic },
    'Confluence is on its site': {
      request: get({ api: 'confluence', path: '/wiki/api/v2/spaces', site: 'acme' }),
      base: site,
      path: '/wiki/api/v2/spaces',
      headers: basic,
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { request, base, path, headers }) => {
    nock(base, { reqheaders: { ...headers, accept: 'application/json' } })
      .get(path)
      .reply(200, { found: true })
    expect(await connect().reader.read(request)).toEqual({ found: true })
  })

  test('SCIM is asked two things at a time, other APIs more', async () => {
    const most = async (request: ApiRequest): Promise<number> => {
      let [open, peak] = [0, 0]
      nock(api)
        .persist()
        .get(/./)
        .reply(200, async () => {
          open += 1
          peak = Math.max(peak, open)
          await new Promise(setImmediate)
          open -= 1
          return {}
        })
      const { reader } = connect()
      await Promise.all(Array.from({ length: 12 }, () => reader.read(request)))
      nock.cleanAll()
      return peak
    }
    expect(await most(get({ api: 'scim', path: '/scim/directory/{directoryId}/Users' }))).toBeLessThanOrEqual(2)
    expect(await most(get({ api: 'organization', path: '/v1/orgs' }))).toBeGreaterThan(2)
  })

  test('a value cannot reach another path, and an array repeats its parameter', async () => {
    nock(site).get('/rest/api/3/project/..%2Fuser%3Fx%3D1?keys=A%20B&keys=C%26D&flag=true').reply(200, {})
    const params = { projectIdOrKey: '../user?x=1' }
    const query = { keys: ['A B', 'C&D'], flag: true, absent: undefined }
    expect(await connect().reader.read({ ...project, params, query })).toEqual({})
  })

  test.each(['..', '.', ''])('the value "%s" is refused as a bug', async (value) => {
    const reading = connect().reader.read({ ...project, params: { projectIdOrKey: value } })
    await expect(reading).rejects.toThrow('no usable value for {projectIdOrKey}')
  })

  test('a scoped token goes to the gateway, whose cloud id is asked for once and without a credential', async () => {
    nock(site, { badheaders: ['authorization'] })
      .get('/_edge/tenant_info')
      .reply(200, { cloudId: 'cloud-1' })
    nock(api).get('/ex/jira/cloud-1/rest/api/3/project/PAY').twice().reply(200, {})
    const { reader, lookUps, stats } = connect({}, scoped)
    expect(lookUps()).toBe(1)
    await Promise.all([reader.read(project), reader.read(project)])
    expect({ left: lookUps(), ...stats() }).toMatchObject({ left: 0, calls: 3, reads: 3, writes: 0 })
  })

  test('a cloud id that is given is not asked for', async () => {
    nock(api).get('/ex/jira/cloud-2/rest/api/3/project/PAY').reply(200, {})
    const sites = [{ name: 'acme', url: site, cloudId: 'cloud-2' }]
    expect(await connect({ sites }, scoped).reader.read(project)).toEqual({})
  })

  test('the only directory is found, once', async () => {
    nock(api)
      .get('/admin/v2/orgs/org-1/directories?limit=100')
      .reply(200, { data: [{ directoryId: 'dir-9', name: 'Primary' }], links: {} })
    nock(api).post('/admin/v2/orgs/org-1/directories/dir-9/users/712020%3A1/suspend').twice().reply(204)
    const { writer, stats } = connect({}, classic, {})
    await writer.write(suspend)
    await writer.write(suspend)
    expect(stats()).toMatchObject({ reads: 1, writes: 2 })
  })

  test('a look-up that failed is made again', async () => {
    const directories = '/admin/v2/orgs/org-1/directories?limit=100'
    nock(api)
      .get(directories)
      .reply(403)
      .get(directories)
      .reply(200, { data: [{ directoryId: 'dir-9', name: 'Primary' }] })
      .post('/admin/v2/orgs/org-1/directories/dir-9/users/712020%3A1/suspend')
      .reply(204)
    const { writer, lookUps } = connect({}, classic, {})
    expect((await failureOf(writer.write(suspend))).status).toBe(403)
    expect(lookUps()).toBe(1)
    await writer.write(suspend)
    expect(lookUps()).toBe(0)
  })

  test('one of several directories must be chosen by a person', async () => {
    nock(api)
      .get('/admin/v2/orgs/org-1/directories?limit=100')
      .reply(200, { data: ['a', 'b'].map((id) => ({ directoryId: id, name: `Directory ${id}` })) })
    const { failure } = await failureOf(connect({}, classic, {}).writer.write(suspend))
    expect(failure).toMatchObject({ code: 'SEVERAL_DIRECTORIES', effect: 'refused' })
    expect(failure.detail).toContain('Directory b (b)')
  })

  test('a site without a credential is an error that says so, and no call', async () => {
    const { reader, stats } = connect({ credentials: { sites: new Map() } })
    const { failure } = await failureOf(reader.read(project))
    expect(failure).toMatchObject({ code: 'NO_CREDENTIAL', effect: 'refused' })
    expect(stats().calls).toBe(0)
  })

  test('a site that the organization does not have is an error that says so', async () => {
    const { failure } = await failureOf(connect().reader.read({ ...project, site: 'other' }))
    expect(failure).toMatchObject({ code: 'UNKNOWN_SITE', effect: 'refused' })
  })
})

describe('what is sent', () => {
  test('every POST of the Organizations API has a JSON body', async () => {
    nock(api, { reqheaders: { 'content-type': 'application/json' } })
      .post('/admin/v2/orgs/org-1/directories/dir-1/users/712020%3A1/suspend', '{}')
      .reply(204)
    expect(await connect().writer.write(suspend)).toBeUndefined()
  })

  test('a Confluence v1 write says that it is no browser', async () => {
    nock(site, { reqheaders: { 'x-atlassian-token': 'no-check' } })
      .delete('/wiki/rest/api/space/FIN/permission/1')
      .reply(204)
    const { writer } = connect()
    const written = writer.write({
      api: 'confluence',
      method: 'DELETE',
      path: '/wiki/rest/api/space/{spaceKey}/permission/{id}',
      params: { spaceKey: 'FIN', id: '1' },
      site: 'acme',
    })
    expect(await written).toBeUndefined()
  })
})

describe('reading and writing are apart', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('the reader refuses a %s before any call', async (method) => {
    const { reader, stats } = connect()
    await expect(reader.read({ ...addActor, method })).rejects.toThrow('is not on the list of reads')
    expect(stats().calls).toBe(0)
  })

  test('the reader takes a POST that only searches', async () => {
    nock(api).post('/admin/v2/orgs/org-1/directories/dir-1/users/search', { limit: 1 }).reply(200, { data: [] })
    const path = '/v2/orgs/{orgId}/directories/{directoryId}/users/search'
    const search: ApiRequest = { api: 'organization', method: 'POST', path, body: { limit: 1 } }
    expect(await connect().reader.read(search)).toEqual({ data: [] })
  })

  test('the same path of another API is no search', async () => {
    const path = '/v2/orgs/{orgId}/directories/{directoryId}/users/search'
    await expect(connect().reader.read({ api: 'jira', method: 'POST', path, site: 'acme' })).rejects.toThrow('reads')
  })

  test('the writer refuses a read', async () => {
    await expect(connect().writer.write(project)).rejects.toThrow('is a read')
  })
})
