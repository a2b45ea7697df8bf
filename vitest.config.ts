import { defineConfig } from 'vitest/config'

// vitest reads the default export of this file, so the rule against them is lifted here alone
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // they have a configuration of their own (npm run test:cluster), and cluster-notice.ts says so
    exclude: ['test/cluster/**'],
    // a limit is there to end what hangs, and never to judge a busy machine
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/contract-setup.ts', 'test/cluster-notice.ts'],
  },
})
