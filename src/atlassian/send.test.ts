import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ApiRequest } from '../core/ports.ts'
import { createSecret } from './secret.ts'
import {
  addActor,
  api,
  closeNetwork,
  connect,
  failureOf,
  openNetwork,
  project,
  site,
  token,
} from './transport.builder.ts'
import type { SiteCredential } from './transport.ts'

beforeEach(closeNetwork)
afterEach(openNetwork)

describe('when a call fails', () => {
  const path = '/rest/api/3/project/PAY'
  const rolePath = '/rest/api/3/project/PAY/role/10002'

  test('a 429 with Retry-After is waited for, and the try is told', async () => {
    nock(site).get(path).reply(429, '', { 'Retry-After': '7' }).get(path).reply(200, { key: 'PAY' })
    const { reader, clock, events, stats } = connect()
    expect(await reader.read(project)).toEqual({ key: 'PAY' })
    expect(clock.slept).toEqual([7_000])
    expect(events).toMatchObject([
      { request: 'GET /rest/api/3/project/{projectIdOrKey}', site: 'acme', tries: 1, status: 429, retryInMs: 7_000 },
      { tries: 2, status: 200 },
    ])
    expect(stats()).toEqual({ calls: 2, reads: 2, writes: 0, retries: 1 })
  })

  test('a 429 that asks for ten minutes parks the credential: the next call fails without being sent', async () => {
    nock(site).get(path).reply(429, '', { 'Retry-After': '600' })
    const { reader, stats } = connect()
    expect((await failureOf(reader.read(project))).status).toBe(429)
    expect((await failureOf(reader.read(project))).failure).toMatchObject({ status: 429, code: 'PARKED' })
    expect(stats().calls).toBe(1)
  })

  test('an answer that says one request is left of eight seconds spaces the next ones', async () => {
    const headers = { 'X-RateLimit-Remaining': '1', 'X-RateLimit-Reset': '2026-03-01T12:00:08Z' }
    nock(site).get(path).reply(200, {}, headers).get(path).twice().reply(200, {})
    const { reader, clock } = connect()
    for (let count = 0; count < 3; count += 1) await reader.read(project)
    expect(clock.slept).toEqual([8_000])
  })

  test('a write that is told to stop is not tried again, and fails as its last try did', async () => {
    nock(site).post(rolePath).reply(429, '', { 'Retry-After': '7' })
    const { createWriter, clock, stats } = connect()
    const writer = createWriter(undefined, AbortSignal.abort())
    expect((await failureOf(writer.write(addActor))).failure).toMatchObject({ status: 429, effect: 'refused' })
    expect((await failureOf(writer.write(addActor))).failure).toMatchObject({ code: 'INTERRUPTED', effect: 'refused' })
    expect({ slept: clock.slept, calls: stats().calls }).toEqual({ slept: [], calls: 1 })
  })

  test('a write is asked for before each of its tries, a read never', async () => {
    nock(site).get(path).reply(200, {}).post(rolePath).reply(429, '', { 'Retry-After': '7' })
    let asked = 0
    const { reader, writer, stats } = connect({}, undefined, undefined, () => (asked += 1) === 1)
    await reader.read(project)
    expect((await failureOf(writer.write(addActor))).failure).toMatchObject({
      code: 'NOT_THE_WRITER',
      effect: 'refused',
    })
    expect([asked, stats().writes]).toEqual([2, 1])
  })

  test('a parked credential does not hold up another', async () => {
    nock(site).get(path).reply(429, '', { 'Retry-After': '600' })
    nock(api).get('/scim/directory/scim-1/Users').reply(200, {})
    const { reader } = connect()
    await failureOf(reader.read(project))
    const users: ApiRequest = { api: 'scim', method: 'GET', path: '/scim/directory/{directoryId}/Users' }
    expect(await reader.read(users)).toEqual({})
  })

  test('a read is tried five times at most', async () => {
    nock(site).get(path).times(5).reply(500)
    const { reader, stats } = connect()
    expect((await failureOf(reader.read(project))).status).toBe(500)
    expect(stats().calls).toBe(5)
  })

  test('a read whose answer was cut off is read again', async () => {
    nock(site).get(path).reply(200, '{"key":"PA').get(path).reply(200, { key: 'PAY' })
    expect(await connect().reader.read(project)).toEqual({ key: 'PAY' })
  })

  test('a sign-in page instead of an answer is not asked for again', async () => {
    nock(site).get(path).reply(200, '<html><title>Log in</title></html>')
    const { failure } = await failureOf(connect().reader.read(project))
    expect(failure).toMatchObject({ status: 200, code: 'NOT_JSON' })
    expect(failure.detail).toContain('"Log in"')
  })

  test('a redirect is not followed, so no credential leaves its host', async () => {
    nock(site).get(path).reply(302, '', { Location: 'https://elsewhere.test/steal' })
    expect((await failureOf(connect().reader.read(project))).failure).toMatchObject({ status: 302, effect: 'refused' })
  })

  test('a write is sent once when its effect is not known', async () => {
    nock(site).post(rolePath).reply(500)
    const { writer, stats } = connect()
    expect((await failureOf(writer.write(addActor))).failure).toMatchObject({ status: 500, effect: 'unknown' })
    expect(stats()).toMatchObject({ calls: 1, writes: 1 })
  })

  test('a write whose answer cannot be read is not repeated, as it was carried out', async () => {
    nock(site).post(rolePath).reply(200, '{"id":')
    const { writer, stats } = connect()
    expect((await failureOf(writer.write(addActor))).failure).toMatchObject({ code: 'NOT_JSON', effect: 'unknown' })
    expect(stats().writes).toBe(1)
  })

  test('a write whose connection was lost is not repeated', async () => {
    nock(site)
      .post(rolePath)
      .replyWithError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }))
    expect((await failureOf(connect().writer.write(addActor))).failure.effect).toBe('unknown')
  })

  test('a write that found no host is repeated, as nothing was sent', async () => {
    nock(site)
      .post(rolePath)
      .replyWithError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
      .post(rolePath)
      .reply(200, { id: 10002 })
    expect(await connect().writer.write(addActor)).toEqual({ id: 10002 })
  })

  test('a server that quotes the credential does not bring it into the error', async () => {
    const basic = Buffer.from(`svc@acme.com:${token}`).toString('base64')
    nock(site)
      .get(path)
      .reply(400, { message: `bad header Basic ${basic}, that is ${token}` })
    const error = await failureOf(connect().reader.read(project))
    expect(JSON.stringify([error.message, error.failure])).not.toMatch(new RegExp(`${basic}|${token}`))
    expect(error.message).toContain('[secret]')
  })

  test('a credential with a line break in it is an error without the credential', async () => {
    const session = { accessToken: async () => createSecret('to\nken'), renew: async () => undefined }
    const broken: SiteCredential = { kind: 'oauth', session }
    const sites = [{ name: 'acme', url: site, cloudId: 'cloud-1' }]
    const error = await failureOf(connect({ sites }, broken).reader.read(project))
    expect(error.failure.effect).toBe('refused')
    expect(error.message).not.toContain('ken')
  })
})
