import { expect, test } from 'vitest'
import { roster } from '../process.builder.ts'

test('the demo ends by itself: a plan, an empty plan, drift, no drift, each shown once, and what to type next', async () => {
  const { code, stdout, stderr } = await roster(['demo'])
  expect(code).toBe(0)
  expect(stdout.match(/^exit code \d$/gm)).toEqual([3, 3, 0, 0, 2, 0, 0].map((each) => `exit code ${each}`))
  expect(stdout.match(/^No changes: /gm)).toHaveLength(2)
  expect(stdout).toMatch(/What to type next:\n {2}npx roster sandbox/)
  expect(stderr.match(/warning\[EXPIRED\]/g)).toHaveLength(1)
  expect(stdout.match(/^Unmanaged: /gm)).toHaveLength(1)
  expect(stdout.match(/^Group sre-oncall {2}\(/gm)).toHaveLength(1)
  // the folder is gone when the demo ends
  expect(stdout).not.toContain('--state')
})
