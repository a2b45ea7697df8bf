import { describe, expect, test } from 'vitest'
import type { RemoteFailure } from '../core/remote-error.ts'
import { refusal } from './error.ts'

const request = 'GET /things/{id}'
const json = (body: unknown) => JSON.stringify(body)

interface Case {
  readonly status: number
  readonly text: string
  readonly headers?: Record<string, string>
  readonly failure: Partial<RemoteFailure>
}

/** Bodies as in reference 2.7. */
const answers: Record<string, Case> = {
  'the Organizations API': {
    status: 409,
    text: json({
      errors: [{ id: 'e-1', status: '409', code: 'ADMIN-409-3', title: 'License limit exceeded', detail: 'Buy more.' }],
    }),
    failure: {
      code: 'ADMIN-409-3',
      detail: 'License limit exceeded: Buy more.',
      traceId: 'e-1',
      effect: 'refused',
    },
  },
  'the proxy before it': {
    status: 401,
    text: json({ code: 401, message: 'Unauthorized' }),
    failure: { detail: 'Unauthorized', effect: 'refused' },
  },
  'the User management API': {
    status: 403,
    text: json({ key: 'forbidden.action', context: {} }),
    failure: { code: 'forbidden.action', effect: 'refused' },
  },
  SCIM: {
    status: 409,
    text: json({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '409',
      scimType: 'uniqueness',
      detail: 'The user exists.',
    }),
    failure: { code: 'uniqueness', detail: 'The user exists.' },
  },
  'the gateway before SCIM': {
    status: 403,
    text: json({ error: 'Not authorized', traceId: 't-1' }),
    failure: { detail: 'Not authorized', traceId: 't-1' },
  },
  Jira: {
    status: 400,
    text: json({ errorMessages: ['Nothing to do.'], errors: { user: 'is not known' }, status: 400 }),
    headers: { 'atl-traceid': 'a-1' },
    failure: { detail: 'Nothing to do.: user: is not known', traceId: 'a-1' },
  },
  'Confluence v1': {
    status: 400,
    text: json({ statusCode: 400, data: { errors: [] }, message: 'com.atlassian.Problem: no' }),
    failure: { detail: 'com.atlassian.Problem: no' },
  },
  'Confluence v2': {
    status: 404,
    text: json({ errors: [{ status: 404, code: 'NOT_FOUND', title: 'No space', detail: null }] }),
    failure: { code: 'NOT_FOUND', detail: 'No space' },
  },
  'the token endpoint': {
    status: 400,
    text: json({ error: 'invalid_grant', error_description: 'Token was used' }),
    failure: { code: 'invalid_grant', detail: 'Token was used' },
  },
  'a web page': {
    status: 502,
    text: '<!doctype html><html><title>Bad\n gateway</title></html>',
    failure: { detail: 'a web page, "Bad gateway", instead of an answer', effect: 'unknown' },
  },
  'nothing at all': { status: 500, text: '', failure: { effect: 'unknown' } },
  'a body that was cut off': { status: 400, text: '{"errorMessages":["a', failure: { effect: 'refused' } },
  'a list': { status: 400, text: '[]', failure: { effect: 'refused' } },
  'a redirect elsewhere, of which the host alone is told': {
    status: 302,
    text: '<html><title>Moved</title></html>',
    headers: { location: 'https://ana:s3cr3t@elsewhere.test:444/?ticket=t1cket' },
    failure: {
      code: 'REDIRECT',
      detail: 'redirected to elsewhere.test:444, which is not followed: the credential would go along',
      effect: 'refused',
    },
  },
  'a redirect within the host': {
    status: 307,
    text: '',
    headers: { location: '/login?ticket=t1cket' },
    failure: {
      code: 'REDIRECT',
      detail: 'redirected, which is not followed: the credential would go along',
      effect: 'refused',
    },
  },
}

describe('what an answer says', () => {
  test.each(Object.entries(answers))('from %s', (_, { status, text, headers = {}, failure }) => {
    expect(refusal(request, { status, text, headers }, []).failure).toMatchObject({ request, status, ...failure })
  })

  const effects: Record<string, { status: number; headers?: Record<string, string>; effect: string }> = {
    'a 408 may have been carried out': { status: 408, effect: 'unknown' },
    'a 429 was not carried out': { status: 429, effect: 'refused' },
    'a 503 may have been carried out': { status: 503, effect: 'unknown' },
    'a 503 with Retry-After was not carried out': {
      status: 503,
      headers: { 'retry-after': '5' },
      effect: 'refused',
    },
    'a 504 may have been carried out': { status: 504, effect: 'unknown' },
  }
  test.each(Object.entries(effects))('%s', (_, { status, headers = {}, effect }) => {
    expect(refusal(request, { status, headers, text: '' }, []).failure.effect).toBe(effect)
  })
})

describe('what is shown of it', () => {
  test('long words are cut at 300 characters', () => {
    const { failure } = refusal(request, { status: 400, headers: {}, text: json({ message: 'x'.repeat(1000) }) }, [])
    expect(failure.detail).toHaveLength(300)
  })

  test.each(['Bearer k3y-of-acme', 'k3y-of-acme', 'Basic dXNlcjp0b2tlbg=='])('%s is cut out', (quoted) => {
    const error = refusal(request, { status: 400, headers: {}, text: json({ message: `got ${quoted}.` }) }, [
      'k3y-of-acme',
    ])
    expect(error.message).toMatch(/got (Bearer |Basic )?\[secret\]/)
    expect(error.message).not.toMatch(/k3y|dXNl/)
  })
})
