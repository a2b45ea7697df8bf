import { defineConfig } from 'vitest/config'

// vitest reads the default export of this file, so the rule against them is lifted here alone
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: 'test/cluster/cluster-setup.ts',
    // each file has an API server and an etcd of its own, and some measure times
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
