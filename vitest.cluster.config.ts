import { defineConfig } from 'vitest/config'

/** They wait more than they work: for time to pass, or for somebody to notice that it has. */
const waiting = ['controller-faults', 'controller-replicas', 'server-faults', 'watch-faults'].map(
  (name) => `test/cluster/${name}.test.ts`,
)

const timeouts = { testTimeout: 60_000, hookTimeout: 120_000 }

// vitest reads the default export of this file, so the rule against them is lifted here alone
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  test: {
    globalSetup: 'test/cluster/cluster-setup.ts',
    // each file has an API server and an etcd of its own, and some measure times: those have the machine to themselves
    projects: [
      { test: { ...timeouts, name: 'waiting', include: waiting, maxWorkers: 4, sequence: { groupOrder: 0 } } },
      {
        test: {
          ...timeouts,
          name: 'working',
          include: ['test/cluster/*.test.ts'],
          exclude: waiting,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
