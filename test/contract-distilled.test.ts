import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { distill } from '../src/sandbox/contract-distill.builder.ts'
import {
  distilledFolder,
  findSpecFolder,
  operationsFile,
  publishedDocuments,
} from '../src/sandbox/contract-document.builder.ts'
import { operationNames } from '../src/sandbox/contract-names.builder.ts'

const folder = findSpecFolder(process.env['ROSTER_SPECS'])

test.runIf(folder)("test/contract is what Atlassian's files say now, else `npm run distill` is due", () => {
  const committed = readdirSync(distilledFolder).map((file) => [
    file,
    readFileSync(resolve(distilledFolder, file), 'utf8'),
  ])
  expect(Object.fromEntries(committed)).toEqual(distill(publishedDocuments(folder!)))
})

test.runIf(folder)("known-operations.json is what Atlassian's files say now, else `npm run distill` is due", () => {
  expect(readFileSync(operationsFile, 'utf8')).toBe(operationNames(publishedDocuments(folder!)))
})

const named = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const answers = (schema: object) => ({ 200: { description: 'Done.', content: { 'application/json': { schema } } } })
const document = {
  paths: {
    '/rest/api/3/role': {
      parameters: [{ $ref: '#/components/parameters/Size' }],
      get: {
        operationId: 'getAllProjectRoles',
        summary: 'Get roles',
        tags: ['Roles'],
        parameters: [{ name: 'key', in: 'query', explode: false, required: true, schema: { type: 'string' } }],
        responses: answers({ type: 'array', items: named('Role') }),
      },
      trace: { operationId: 'traceRoles', responses: answers(named('Unused')) },
    },
    '/rest/api/3/nobody-answers': { get: { operationId: 'unused', responses: answers(named('Unused')) } },
  },
  components: {
    parameters: { Size: { name: 'size', in: 'query', schema: { type: 'integer', default: 5, example: 5 } } },
    schemas: {
      Role: {
        description: 'A role.',
        required: ['title'],
        properties: { title: { type: 'string', title: 'Title', 'x-order': 1 }, scope: named('Scope') },
      },
      Scope: { enum: ['A', 'B'], example: 'A', properties: { parent: named('Scope') } },
      Unused: { type: 'string' },
    },
  },
}

test('distilling keeps the facts of what the sandbox answers, and what they refer to, without the prose', () => {
  const { 'jira-v3.json': text = '' } = distill({ distilled: false, read: () => document })
  const role = { type: 'array', items: named('Role') }
  expect(JSON.parse(text)).toEqual({
    paths: {
      '/rest/api/3/role': {
        get: {
          operationId: 'getAllProjectRoles',
          parameters: [
            { name: 'size', in: 'query', schema: { type: 'integer' } },
            { name: 'key', in: 'query', required: true, explode: false, schema: { type: 'string' } },
          ],
          responses: { 200: { content: { 'application/json': { schema: role } } } },
        },
      },
    },
    components: {
      schemas: {
        Role: { required: ['title'], properties: { title: { type: 'string' }, scope: named('Scope') } },
        Scope: { enum: ['A', 'B'], properties: { parent: named('Scope') } },
      },
    },
  })
})
