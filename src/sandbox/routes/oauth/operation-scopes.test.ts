import { expect, test } from 'vitest'
import { findSpecFolder, prefixOf, publishedDocuments } from '../../contract-document.builder.ts'
import { isInScope, scopedOperations, scopeListsOf } from './operation-scopes.ts'
import { apis } from '../../apis.ts'

interface Operation {
  readonly 'x-atlassian-oauth2-scopes'?: readonly { readonly scopes: readonly string[] }[]
}

const names = ['jira-v3', 'confluence-v1', 'confluence-v2']
// oxlint-disable-next-line node/no-process-env
const folder = findSpecFolder(process.env['ROSTER_SPECS'])

/** Lists of scopes by `GET /path`, as Atlassian's files have them. */
function published(specs: string): ReadonlyMap<string, readonly string[]> {
  const documents = publishedDocuments(specs)
  return new Map(
    names.flatMap((name) => {
      const paths = documents.read(name)['paths'] as Readonly<Record<string, Readonly<Record<string, Operation>>>>
      return Object.entries(paths).flatMap(([path, operations]) =>
        Object.entries(operations).map(
          ([method, operation]) => [`${method.toUpperCase()} ${prefixOf(name)}${path}`, listsOf(operation)] as const,
        ),
      )
    }),
  )
}

const listsOf = (operation: Operation): readonly string[] =>
  (operation['x-atlassian-oauth2-scopes'] ?? [])
    .map(({ scopes }) => scopes.toSorted().join(' '))
    .filter((list) => list !== '')

test.skipIf(folder === undefined)("every row says what Atlassian's files say (skipped without them)", () => {
  const wanted = published(folder!)
  const ours = Object.fromEntries(
    scopedOperations.map((operation) => {
      const [method = '', path = ''] = operation.split(' ')
      return [operation, scopeListsOf(method, path)?.map((list) => list.toSorted().join(' '))]
    }),
  )
  expect(ours).toEqual(Object.fromEntries(scopedOperations.map((operation) => [operation, wanted.get(operation)])))
})

test.skipIf(folder === undefined)(
  'operations without a row have no scopes there, or are told (skipped without them)',
  () => {
    const wanted = published(folder!)
    const routes = apis
      .filter(({ api }) => api === 'jira' || api === 'confluence')
      .flatMap(({ routes: all }) => all.filter(({ anonymous }) => !anonymous))
    const lacking = routes
      .filter(({ method, path }) => scopeListsOf(method, path) === undefined)
      .map(({ method, path }) => `${method} ${path}`)
      .filter((operation) => (wanted.get(operation) ?? []).length > 0)
    expect(lacking).toEqual([])
  },
)

const role = { method: 'POST', path: '/rest/api/3/project/{projectIdOrKey}/role/{id}' }

test.each([
  ['the classic scope alone is enough', ['manage:jira-configuration'], true],
  ['the classic scope of the replacement is not enough to add', ['manage:jira-project'], false],
  [
    'all granular scopes together are enough',
    [
      'read:avatar:jira',
      'read:group:jira',
      'read:project-category:jira',
      'read:project-role:jira',
      'read:project:jira',
      'read:user:jira',
      'write:project-role:jira',
    ],
    true,
  ],
  ['one granular scope is not enough', ['write:project-role:jira'], false],
  ['no scope is not enough', [], false],
  ['a token that no scope limits may do all', undefined, true],
])('%s', (_, scopes, expected) => expect(isInScope(role, scopes)).toBe(expected))
