import { createCloudClient } from 'jira.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientCredentials, installedVersion, startClientRun, type ClientRun } from './client-run.builder.ts'

let run: ClientRun
beforeAll(async () => void (run = await startClientRun(`jira.js ${installedVersion('jira.js')}`)))
afterAll(() => run.end())

function site() {
  const { email, token: apiToken } = clientCredentials
  return createCloudClient({
    host: run.sandbox.url,
    auth: { type: 'basic', email, apiToken },
    onSchemaMismatch: ({ endpoint, issues }) => {
      for (const { path, expected, received } of issues)
        run.mismatch(`${endpoint}: at ${path}, expected ${expected}, got ${received}`)
    },
  })
}

test('who calls, and what the site is', async () => {
  const jira = site()
  expect((await jira.myself.getCurrentUser({})).emailAddress).toBe(clientCredentials.email)
  expect((await jira.serverInfo.getServerInfo()).deploymentType).toBe('Cloud')
  run.check()
})
