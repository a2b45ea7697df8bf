import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** What the last lines of a run of the tests say, of a short one. */
function lastWords(env: Readonly<Record<string, string>>): string {
  const argv = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'src/kubernetes/work-queue.test.ts']
  return spawnSync(process.execPath, argv, { cwd: root, env, encoding: 'utf8', timeout: 60_000 }).stderr
}

const cases: Record<string, { readonly env: Readonly<Record<string, string>>; readonly says: string }> = {
  'where there is neither Go nor an API server': {
    env: {},
    says:
      'SKIPPED: the tests in a cluster. They need Go 1.26, or kube-apiserver and etcd in KUBEBUILDER_ASSETS, ' +
      'and then: npm run test:cluster',
  },
  'where there is an API server': {
    env: { KUBEBUILDER_ASSETS: '/opt/envtest' },
    says: 'NOT RUN: the tests in a cluster. Run them: npm run test:cluster',
  },
}

test.each(Object.entries(cases))(
  '%s, a run of the tests says in one line what was not in it',
  { timeout: 60_000 },
  (_, { env, says }) => {
    // without a PATH there is no Go
    expect(lastWords({ PATH: '', ...env }).split('\n')).toContain(says)
  },
)
