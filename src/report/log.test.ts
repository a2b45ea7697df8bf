import { describe, expect, test } from 'vitest'
import { RemoteError } from '../core/remote-error.ts'
import { createLog, type LogFacts, type LogOptions } from './log.ts'

const clock = { now: () => Date.UTC(2026, 10, 25, 16, 50, 3), sleep: async () => {} }

function logged(more: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const log = createLog({ write: (line) => lines.push(line), level: 'info', format: 'json', clock, ...more })
  return { lines, log }
}

const line = (facts: LogFacts): unknown => {
  const { lines, log } = logged()
  log.info('said', facts)
  return JSON.parse(lines[0]!)
}

const head = { level: 'info', time: '2026-11-25T16:50:03.000Z', msg: 'said' }

test('a line is one JSON object with its level as a word and its time in UTC', () => {
  expect(line({ organization: 'acme', changes: 3 })).toEqual({ ...head, organization: 'acme', changes: 3 })
})

test('what is below the level is not written', () => {
  const { lines, log } = logged({ level: 'warn' })
  log.info('no')
  log.warn('yes')
  expect(lines).toHaveLength(1)
})

test('facts of a child stand on each of its lines, cleaned as all others', () => {
  const { lines, log } = logged()
  log.child({ organization: 'acme', token: 'abc' }).info('said', { changes: 1 })
  expect(JSON.parse(lines[0]!)).toEqual({ ...head, organization: 'acme', token: '[secret]', changes: 1 })
})

describe('a credential is cut out', () => {
  const secret = 's3cr3t-value'
  test.each<readonly [string, LogFacts]>([
    ['under the name of a header', { headers: { Authorization: secret, 'X-Api-Key': secret, 'Set-Cookie': [secret] } }],
    [
      'under a name in any spelling',
      { client_secret: secret, refreshToken: secret, PASSWORD: secret, privateKey: secret },
    ],
    ['however deep it stands', { a: [{ b: { credentials: { key: secret } } }] }],
    ['in a map', { entries: new Map([['token', secret]]) }],
    ['behind the word of a scheme', { detail: `sent Bearer ${secret} and basic ${secret}=` }],
    ['in an address', { url: `https://ana:${secret}@git.acme.com/access.git` }],
    ['in the message of an error', { error: new Error(`cannot open https://${secret}@git.acme.com/`) }],
    ['in what the cause of an error says', { error: new Error('no', { cause: new Error(`Bearer ${secret}`) }) }],
    ['that hides itself', { key: { reveal: () => secret, toJSON: () => '[secret]' } }],
  ])('%s', (_, facts) => {
    expect(JSON.stringify(line(facts))).not.toContain(secret)
    expect(JSON.stringify(line(facts))).toContain('[secret]')
  })
})

test('facts that only look like a credential stay', () => {
  const facts = { kind: 'AtlassianUser', changes: 2, url: 'https://acme.atlassian.net/wiki', at: '10:00 a@b' }
  expect(line(facts)).toEqual({ ...head, ...facts })
})

describe('an error is told', () => {
  test('by the facts of the call that failed, without a stack', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const error = new RemoteError({ request: 'GET /a/{b}', status: 403, code: 'ADMIN-1', effect: 'refused', cause })
    expect(line({ error })).toEqual({
      ...head,
      error: {
        type: 'RemoteError',
        message: 'GET /a/{b} answered 403 ADMIN-1',
        request: 'GET /a/{b}',
        status: 403,
        code: 'ADMIN-1',
        effect: 'refused',
        cause: { type: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
      },
    })
  })

  test('with its stack where nobody foresaw it', () => {
    expect(line({ error: new TypeError('x is not a function') })).toMatchObject({
      error: { type: 'TypeError', stack: expect.stringContaining('log.test.ts') as string },
    })
  })
})

test('a log for people has one short line for each, and no control characters of others', () => {
  const { lines, log } = logged({ format: 'text' })
  log.warn('kept \u001B[31mthe old one', { organization: 'acme', reason: 'bad file', changes: 2 })
  log.error('failed', { error: Object.assign(new Error('disk is full'), { code: 'ENOSPC' }) })
  expect(lines[0]).toBe('16:50:03 warn  kept \\u001b[31mthe old one  organization=acme  reason="bad file"  changes=2\n')
  expect(lines[1]).toBe('16:50:03 error failed\n  disk is full\n')
})
