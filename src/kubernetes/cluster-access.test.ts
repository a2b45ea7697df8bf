import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadKubeConfig, openCluster } from './cluster-access.ts'

const folder = mkdtempSync(join(tmpdir(), 'roster-kubeconfig-'))
afterAll(() => rmSync(folder, { recursive: true }))

const config = (server: string, current = 'here'): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'it', cluster: { server } }],
    users: [{ name: 'me', user: { token: 'a-token' } }],
    contexts: [{ name: 'here', context: { cluster: 'it', user: 'me', namespace: 'platform' } }],
    'current-context': current,
  })

const refused: Record<string, { readonly text?: string; readonly says: RegExp }> = {
  'a file that is not there': { says: /none\.yaml cannot be read: .*ENOENT/ },
  'a file that is not YAML': { text: '{', says: /cannot be read/ },
  'a context that is not there': { text: config('https://127.0.0.1:6443', 'there'), says: /names no cluster/ },
  'plain http, by which a token could be read': { text: config('http://127.0.0.1:8080'), says: /over https/ },
}

for (const [sentence, { text, says }] of Object.entries(refused)) {
  test(`refuses ${sentence}, in one line`, () => {
    const file = join(folder, text === undefined ? 'none.yaml' : 'config.yaml')
    if (text !== undefined) writeFileSync(file, text)
    const load = () => loadKubeConfig(file)
    expect(load).toThrow(says)
    expect(load).toThrow(expect.objectContaining({ code: 'KUBECONFIG', message: expect.not.stringContaining('\n') }))
  })
}

test('a kubeconfig says where the API server is, and the namespace', async () => {
  const file = join(folder, 'good.yaml')
  writeFileSync(file, config('https://127.0.0.1:6443/'))
  const access = openCluster(loadKubeConfig(file))
  expect(access).toMatchObject({ server: 'https://127.0.0.1:6443', namespace: 'platform' })
  await access.close()
})
