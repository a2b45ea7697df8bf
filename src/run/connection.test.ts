import { expect, test } from 'vitest'
import type { Manifest } from '../core/manifest.ts'
import { readSecret } from './connection.ts'

const origin = { file: 'AtlassianOrganization/platform/acme' }
const manifest: Manifest = {
  apiVersion: 'roster.dev/v1alpha1',
  kind: 'AtlassianOrganization',
  name: 'acme',
  namespace: 'platform',
  spec: {},
  origin,
  locate: () => origin,
}
const secrets = {
  read: async (...at: readonly string[]) =>
    ({ 'platform/keys/api': 'first\n', 'platform/keys/empty': '' })[at.join('/')],
}
const inCluster = { env: { KEY: 'of the process' }, cwd: '/', secrets }
const place = { manifest, path: ['organization'] }

const table: Record<string, readonly [Parameters<typeof readSecret>[0], string]> = {
  'a key of a Secret of the organization’s namespace': [{ secretKeyRef: { name: 'keys', key: 'api' } }, 'first'],
  'a key that is not there': [
    { secretKeyRef: { name: 'keys', key: 'gone' } },
    'CREDENTIAL_MISSING the Secret keys has no key gone',
  ],
  'an empty key': [
    { secretKeyRef: { name: 'keys', key: 'empty' } },
    'CREDENTIAL_MISSING the Secret keys has no key empty',
  ],
  'a variable of the shared process is nobody’s': [
    { env: 'KEY' },
    'CREDENTIAL_MISSING in a cluster credentials come from Secrets only',
  ],
  'a file of the shared process neither': [
    { file: '/etc/hostname' },
    'CREDENTIAL_MISSING in a cluster credentials come from Secrets only',
  ],
}

test.each(Object.entries(table))('in a cluster: %s', async (_name, [value, expected]) => {
  const found = await readSecret(value, place, inCluster)
  expect('code' in found ? `${found.code} ${found.message}` : found.reveal()).toBe(expected)
})

test('outside a cluster there are no Secrets', async () => {
  const found = await readSecret({ secretKeyRef: { name: 'keys', key: 'api' } }, place, { env: {}, cwd: '/' })
  expect(found).toMatchObject({ code: 'CREDENTIAL_MISSING', message: 'secretKeyRef works in a cluster only' })
})
