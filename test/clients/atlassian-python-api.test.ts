import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { exampleCredentials, exampleWorld } from '../../src/sandbox/example-world.builder.ts'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { preparePython, type RunPython } from './python.builder.ts'

/** A value, a refusal, or an error of the client's own before the call or over the answer. */
type Outcome =
  { readonly value: unknown } | { readonly status: number; readonly body: string } | { readonly error: string }

/** What the client's calls must give on the world of the examples, by their names in atlassian_api_run.py. */
const gives: Readonly<Record<string, unknown>> = {
  'jira: who calls': '712020:svc',
  'jira: the site': 'Cloud',
  'jira: own permissions': ['ADMINISTER'],
  'jira: application roles': ['jira-software'],
  'jira: projects': ['PAY', 'TEAM'],
  'jira: one project': '10000',
  'jira: project categories': ['Core'],
  'jira: shared roles': ['Administrators', 'Developers'],
  'jira: roles of a project': ['Administrators', 'Developers'],
  'jira: role details': [10002, 10001],
  'jira: actors of a role': ['712020:ana', '712020:leo', 'pay-devs'],
  'jira: add a user to a role': ['712020:ana', '712020:hid', '712020:leo', 'pay-devs'],
  'jira: add a group to a role': ['557058:app', '712020:svc', 'pay-devs'],
  'jira: take a user out of a role': null,
  'jira: take a group out of a role': null,
  'jira: actors afterwards': ['712020:ana', '712020:leo', 'pay-devs'],
  'jira: groups': 5,
  'jira: members of a group': ['712020:ana', '557058:app'],
  'jira: create a group': 'py-devs',
  'jira: add a member': 'py-devs',
  'jira: members of the new group': 1,
  'jira: remove a member': null,
  'jira: remove the group': null,
  'jira: a user': 'Ana Ruiz',
  'jira: the groups of a user': ['jira-users-acme', 'confluence-users-acme', 'pay-devs', 'idp-staff'],
  'jira: users by id': 2,
  'confluence: spaces': ['FIN', 'ENG'],
  'confluence: spaces, page by page': ['FIN', 'ENG'],
  'confluence: a space by key': '65537',
  'confluence: a space by id': 'FIN',
  'confluence: the role mode': 'ROLES_TRANSITION',
  'confluence: roles': ['Manager', 'Viewer', 'Writer'],
  'confluence: a role': 'Viewer',
  'confluence: permissions there are': true,
  'confluence: users by id': 1,
  'confluence: groups': 5,
  'confluence: a group': 'pay-devs',
  'confluence: members of a group': 2,
  'confluence: give a permission': { key: 'read', target: 'space' },
  'admin: organizations': ['0f1e2d3c-0000-4000-8000-000000000001'],
  'admin: directories': ['0f1e2d3c-0000-4000-8000-000000000002'],
  'admin: people': ['ana@acme.com'],
  'admin: a user': '712020:ana',
  'admin: number of people': 7,
  'admin: groups': ['pay-devs'],
  'admin: a group': 'pay-devs',
  'admin: deactivate an account': null,
  'admin: what became of it': 'inactive',
  'admin: move a person to a policy': ['taskId', 'taskLink'],
  'admin: the task of it': 1,
  'admin: policies of people': ['0f1e2d3c-0000-4000-8000-000000000020'],
  'scim: users': 2,
  'scim: create a user': 'mia@acme.com',
  'scim: find a user': 1,
  'scim: replace a user': 'Lead',
  'scim: deactivate a user': false,
  'scim: add a member': 2,
  'scim: a group': 'idp-staff',
  'scim: delete a user': null,
  'scim: what the directory can': true,
  'scim: schemas': 3,
  'scim: resource types': '/Users',
}

const nameless = "The 'accountId' query parameter needs to be provided"

/** How the others are refused: Atlassian's own words, or 501 for what Atlassian does not describe (any more). */
const refuses: Readonly<Record<string, readonly [status: number, words: string]>> = {
  'confluence: give it again': [400, 'Bad Request'],
  'scim: a user that is not there': [404, 'not found'],
  'wrong: a user by name': [400, nameless],
  'wrong: a user by key': [400, nameless],
  'wrong: a user of another client by name': [400, nameless],
  'wrong: remove a member by name': [400, nameless],
  'wrong: add a member by name': [400, 'accountId'],
  'wrong: a user into a role by name': [404, "We can't find 'ana' in any accessible user directory."],
  'wrong: search for people by name, v1': [501, 'does not answer GET /admin/v1/orgs'],
  'wrong: domains, v2': [501, 'does not answer GET /admin/v2/orgs'],
  'wrong: permissions of a space, v1': [501, 'does not answer GET /wiki/rest/api/space/FIN/permission'],
  'wrong: a permission by JSON-RPC': [501, 'does not answer POST /wiki/rpc/json-rpc/confluenceservice-v2'],
  'wrong: the current user, v2': [501, 'does not answer GET /user/current'],
  'wrong: spaces by a path of its own': [501, 'does not answer GET /spaces'],
}

const python = await preparePython('atlassian-python-api')
const report = python && (await drive(python))

describe.skipIf(!report)("atlassian-python-api, unmodified, over https to Atlassian's own names", () => {
  const { version = '', outcomes = {}, calls = 0, operations = 0 } = report ?? {}

  test.each(Object.entries(gives))('%s', (name, value) => {
    expect(outcomes[name]).toEqual({ value })
  })

  test.each(Object.entries(refuses))('%s: refused', (name, [status, words]) => {
    expect(outcomes[name]).toEqual({ status, body: expect.stringContaining(words) })
  })

  test('every call has an expectation', () => {
    expect(Object.keys(outcomes).toSorted()).toEqual([...Object.keys(gives), ...Object.keys(refuses)].toSorted())
  })

  afterAll(() => {
    const mismatches = Object.entries(outcomes).filter(([name, outcome]) => !isExpected(name, outcome)).length
    process.stderr.write(
      `atlassian-python-api ${version}: ${calls} calls, ${operations} operations, ${mismatches} mismatches, ` +
        `${Object.keys(refuses).length} refused as they must be\n`,
    )
  })
})

function isExpected(name: string, outcome: Outcome): boolean {
  const [status, words = ''] = refuses[name] ?? []
  if ('status' in outcome) return outcome.status === status && outcome.body.includes(words)
  return 'value' in outcome && JSON.stringify(outcome.value) === JSON.stringify(gives[name])
}

async function drive(runPython: RunPython) {
  const sandbox = await startSandbox({ world: exampleWorld(), proxyPort: 0 })
  const folder = mkdtempSync(join(tmpdir(), 'roster-authority-'))
  const authority = join(folder, 'authority.pem')
  writeFileSync(authority, sandbox.authority ?? '')
  try {
    const report = (await runPython('atlassian_api_run.py', [], {
      HTTPS_PROXY: sandbox.proxyUrl ?? '',
      REQUESTS_CA_BUNDLE: authority,
      API_TOKEN: 'acme-api-token',
      ORGANIZATION_KEY: exampleCredentials.organization.replace('Bearer ', ''),
      SCIM_KEY: exampleCredentials.scim.replace('Bearer ', ''),
    })) as { readonly version: string; readonly outcomes: Readonly<Record<string, Outcome>> }
    const { entries } = sandbox.journal
    const operations = new Set(entries.map(({ api, operation }) => `${api} ${operation}`)).size
    return { ...report, calls: entries.length, operations }
  } finally {
    await sandbox.close()
    rmSync(folder, { recursive: true })
  }
}
