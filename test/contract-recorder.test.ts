import { describe, expect, test } from 'vitest'
import { distilledDocuments, findSpecFolder, publishedDocuments } from '../src/sandbox/contract-document.builder.ts'
import { loadSpec } from '../src/sandbox/contract-spec.builder.ts'
import type { JournalEntry, Recorded } from '../src/sandbox/journal.ts'
import { createRecorder } from './contract-recorder.builder.ts'

const headers = {
  accept: 'application/json',
  'content-type': 'application/json',
  authorization: 'Basic',
  'user-agent': 'roster/1.2.3',
}

const sent = (entry: Partial<JournalEntry>, recorded: Partial<Recorded>): JournalEntry => ({
  at: '2026-11-25T12:00:00.000Z',
  method: 'GET',
  path: '/rest/api/3/project/search',
  operation: 'searchProjects',
  api: 'jira',
  status: 404,
  write: false,
  credential: 'svc',
  ...entry,
  recorded: {
    template: '/rest/api/3/project/search',
    params: {},
    headers,
    sent: '',
    answered: {},
    faulted: false,
    ...recorded,
  },
})

const createGroup = { method: 'POST', operation: 'createGroup', api: 'organization', path: '/' } as const
const groups = {
  headers: { ...headers, authorization: 'Bearer' },
  template: '/v2/orgs/{orgId}/directories/{directoryId}/groups',
  params: { orgId: 'organization-1', directoryId: 'directory-1' },
}
const spoiled: Readonly<Record<string, readonly [JournalEntry, RegExp]>> = {
  'a path that is not described': [
    sent({}, { template: '/rest/api/3/projects/search' }),
    /^searchProjects: path: .*not described/,
  ],
  'a query parameter that is not described': [sent({ path: '/search?maxResult=5' }, {}), /query: .*maxResult/],
  'a query parameter of another type': [
    sent({ path: '/search?maxResults=many' }, {}),
    /query: \/maxResults must be integer/,
  ],
  'a query parameter outside its enum': [
    sent({ path: '/search?orderBy=colour' }, {}),
    /query: \/orderBy must be equal/,
  ],
  'a required query parameter that is missing': [
    sent({ operation: 'getUserGroups' }, { template: '/rest/api/3/user/groups' }),
    /query: .*accountId/,
  ],
  'a body without a required field': [sent(createGroup, { ...groups, sent: '{}' }), /createGroup: body: .*name/],
  'a field that is not described': [
    sent(createGroup, { ...groups, sent: '{"name":"a","title":"b"}' }),
    /body: .*title/,
  ],
  'a body of another media type': [
    sent(createGroup, {
      ...groups,
      sent: '{"name":"a"}',
      headers: { ...groups.headers, 'content-type': 'text/plain' },
    }),
    /header: text\/plain/,
  ],
  'a key of the organization that does not travel as a bearer': [
    sent(createGroup, { ...groups, sent: '{"name":"a"}', headers }),
    /header: Authorization "Basic" is none of bearer/,
  ],
  'a bearer at the site itself': [
    sent({}, { headers: { ...headers, authorization: 'Bearer' } }),
    /header: Authorization "Bearer" is none of basic/,
  ],
  'a request without a credential': [
    sent({}, { headers: { accept: '*/*', 'user-agent': 'roster' } }),
    /header: no Authorization/,
  ],
  'an answer asked for in a media type in which there is none': [
    sent({}, { headers: { ...headers, accept: 'text/html' } }),
    /header: text\/html is none of application\/json/,
  ],
  'a client that does not say what it is': [
    sent({}, { headers: { accept: '*/*', authorization: 'Basic' } }),
    /header: no User-Agent/,
  ],
  'a header of the house that is not described': [
    sent({}, { headers: { ...headers, 'x-force': '' } }),
    /header: x-force is not described/,
  ],
  'a status that is not described': [sent({ status: 418 }, {}), /answer: status 418/],
  'an answer with a field that is not described': [
    sent({ status: 200 }, { answered: { values: [], pages: 1 } }),
    /answer: .*pages/,
  ],
}

const folder = findSpecFolder(process.env['ROSTER_SPECS'])
const sources = {
  'the distilled contract': distilledDocuments(),
  ...(folder !== undefined && { "Atlassian's files": publishedDocuments(folder) }),
}

describe.each(Object.entries(sources))('the check against %s tells', (_source, documents) => {
  const described = loadSpec(documents)

  test.each(Object.entries(spoiled))('%s', (_, [entry, message]) => {
    expect(() => createRecorder(described, []).check([entry])).toThrow(message)
  })

  test('nothing of an answer that a fault made, and still what is wrong with the request', () => {
    const own = createRecorder(described, [])
    own.check([sent({ status: 0 }, { faulted: true, answered: undefined })])
    expect({ checked: own.checked, used: own.used }).toEqual({ checked: 1, used: new Set(['jira searchProjects']) })
    expect(() => own.check([sent({ status: 0, path: '/search?page=1' }, { faulted: true })])).toThrow(/query: .*page/)
  })

  test('nothing where the mistake is a departure', () => {
    const departure = { operation: 'searchProjects', only: 'status 418', reason: 'a teapot' }
    const own = createRecorder(described, [departure])
    own.check([sent({ status: 418 }, {})])
    expect(own.departed).toEqual(new Set([departure]))
  })
})
