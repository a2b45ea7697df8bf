import { describe, expect, test } from 'vitest'
import { ProxyRefusedError } from './dispatcher.ts'
import { noAnswer } from './error.ts'
import { silenceOf } from './silence.ts'

const host = 'acme.atlassian.net'
const coded = (code: string, facts: object = {}) => Object.assign(new Error(code), { code, ...facts })

interface Case {
  readonly error: Error
  readonly status?: number
  readonly effect: 'refused' | 'unknown'
  readonly transient: boolean
  /** Part of what is said. */
  readonly says?: string
}

const cases: Record<string, Case> = {
  'a refused connection changed nothing': {
    error: coded('ECONNREFUSED', { address: '10.0.0.1', port: 443 }),
    effect: 'refused',
    transient: true,
    says: 'nobody can be reached at 10.0.0.1, port 443',
  },
  'a name that is not found changed nothing': {
    error: coded('ENOTFOUND', { hostname: 'proxy.acme.test' }),
    effect: 'refused',
    transient: true,
    says: 'no address is known for proxy.acme.test',
  },
  'a name server that does not answer changed nothing': {
    error: coded('EAI_AGAIN'),
    effect: 'refused',
    transient: true,
    says: `no address is known for ${host}`,
  },
  'a connection that takes too long changed nothing': {
    error: coded('UND_ERR_CONNECT_TIMEOUT'),
    effect: 'refused',
    transient: true,
    says: `${host} did not take the connection in time`,
  },
  'a certificate that has ended changed nothing and stays so': {
    error: coded('CERT_HAS_EXPIRED'),
    effect: 'refused',
    transient: false,
    says: 'is the clock right?',
  },
  'a certificate of somebody else changed nothing and stays so': {
    error: coded('ERR_TLS_CERT_ALTNAME_INVALID'),
    effect: 'refused',
    transient: false,
    says: `the certificate is not for ${host}`,
  },
  'an authority that is not known names the way to make it known': {
    error: coded('SELF_SIGNED_CERT_IN_CHAIN'),
    effect: 'refused',
    transient: false,
    says: 'ROSTER_CA_FILE',
  },
  'a port without TLS changed nothing and stays so': {
    error: coded('ERR_SSL_WRONG_VERSION_NUMBER'),
    effect: 'refused',
    transient: false,
    says: `${host} speaks no TLS`,
  },
  'a proxy that wants a password changed nothing and stays so': {
    error: new ProxyRefusedError(407),
    effect: 'refused',
    transient: false,
    says: 'it wants a user and a password',
  },
  'a proxy that cannot get through changed nothing': {
    error: new ProxyRefusedError(503),
    effect: 'refused',
    transient: true,
    says: 'the proxy answered 503',
  },
  'a connection that was cut may have changed something': {
    error: coded('UND_ERR_SOCKET'),
    effect: 'unknown',
    transient: true,
  },
  'a timeout may have changed something': {
    error: new DOMException('late', 'TimeoutError'),
    effect: 'unknown',
    transient: true,
    says: `${host} did not answer in time`,
  },
  'a connection lost within the answer may have changed something': {
    error: coded('ECONNREFUSED'),
    status: 200,
    effect: 'unknown',
    transient: true,
  },
}

describe('no answer', () => {
  test.each(Object.entries(cases))('%s', (_, { error, status, effect, transient, says = '' }) => {
    const silence = silenceOf(error, { host, ...(status !== undefined && { status }) })
    expect(silence.transient).toBe(transient)
    const { failure, message } = noAnswer('GET /things/{id}', silence, [])
    expect(failure.effect).toBe(effect)
    expect(message).toContain(says)
  })

  test('a bug is not taken for a network error', () => {
    expect(() => silenceOf(new TypeError('x is not a function'), { host })).toThrow(TypeError)
  })
})
