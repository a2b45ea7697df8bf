import { expect, test } from 'vitest'
import { operationName } from './known-operations.ts'

const named: Readonly<Record<string, readonly [Parameters<typeof operationName>[0], string, string | undefined]>> = {
  'an operation of Jira': ['jira', 'POST /rest/api/3/issue', 'createIssue'],
  'one whose last segment is fixed, not the one with a parameter there': [
    'jira',
    'GET /rest/api/3/project/search',
    'searchProjects',
  ],
  'one of Confluence v2, below its own prefix': ['confluence', 'POST /wiki/api/v2/spaces', 'createSpace'],
  'one of Confluence v1': ['confluence', 'DELETE /wiki/rest/api/space/FIN', 'deleteSpace'],
  'one of Organizations': ['organization', 'POST /v1/orgs/o/policies', 'createPolicy'],
  'none under another method': ['organization', 'PATCH /v1/orgs/o/policies', undefined],
  'none of an API without a description': ['oauth', 'POST /oauth/token', undefined],
}

test.each(Object.entries(named))('a request that nobody answers is named as %s', (_, [api, line, operation]) => {
  const [method = '', path = ''] = line.split(' ')
  expect(operationName(api, method, path)).toBe(operation)
})
