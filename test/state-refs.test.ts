import { join } from 'node:path'
import { expect, test } from 'vitest'
import { examples, runCommand } from './command-line.builder.ts'

const access = join(examples, 'acme/access')

const refused: Readonly<Record<string, string>> = {
  'refs/heads/main': 'belongs to others',
  'refs/tags/state': 'belongs to others',
  'refs/pull/1/head': 'belongs to others',
  'refs/merge-requests/1/head': 'belongs to others',
  'refs/notes/state': 'belongs to others',
  'refs/state': 'is no ref to keep state in',
  'refs/roster/../heads/main': 'is no ref to keep state in',
  'refs/roster/-state': 'is no ref to keep state in',
  'refs/roster/state.lock': 'is no ref to keep state in',
}

test.each(Object.entries(refused))('state is not kept in %s', async (ref, why) => {
  const { code, stderr } = await runCommand(['plan', access, '--state', ref])
  expect(code).toBe(1)
  expect(stderr).toContain(`--state ${ref} ${why}: write refs/roster/state`)
})
