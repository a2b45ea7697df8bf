import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import jsonPatch, { type Operation } from 'fast-json-patch'
import type { Api } from './exchange.ts'

export type Json = Readonly<Record<string, unknown>>

/** Where OpenAPI documents come from: Atlassian's files with their overlay, or what was distilled from them. */
export interface Documents {
  /** Only the operations that the sandbox answers are there, without tags. */
  readonly distilled: boolean
  /** @param name of a document, as `documentNames` has it */
  read(name: string): Json
}

/** By API, the documents that describe it; each is a file `<name>.openapi.json` of Atlassian's. */
export const documentNames: Partial<Readonly<Record<Api, readonly string[]>>> = {
  organization: ['admin-organizations'],
  control: ['admin-control-auth-policies'],
  'user-management': ['admin-user-management'],
  scim: ['scim-user-provisioning'],
  jira: ['jira-v3'],
  confluence: ['confluence-v1', 'confluence-v2'],
}

/** What `npm run distill` writes. */
export const distilledFolder = resolve(import.meta.dirname, '../../test/contract')

/** What else it writes: the names that the sandbox answers 501 with. */
export const operationsFile = resolve(import.meta.dirname, 'known-operations.json')

/** The folder of Atlassian's OpenAPI files; undefined where it is not there. */
export function findSpecFolder(fromEnvironment: string | undefined): string | undefined {
  return [fromEnvironment ?? '', resolve(import.meta.dirname, '../../../shared/specs')].find(
    (folder) => folder !== '' && existsSync(resolve(folder, 'overlay.json')),
  )
}

/** Atlassian's files, with the corrections of `overlay.json` applied. */
export function publishedDocuments(folder: string): Documents {
  const overlay = readJson(folder, 'overlay.json')
  return {
    distilled: false,
    read(name) {
      const file = `${name}.openapi.json`
      const corrections = (overlay[file] as readonly (Operation & { why: string })[]).map(
        ({ why: _why, ...operation }) => operation,
      )
      return jsonPatch.applyPatch(readJson(folder, file), corrections).newDocument as Json
    },
  }
}

export function distilledDocuments(): Documents {
  return { distilled: true, read: (name) => readJson(distilledFolder, `${name}.json`) }
}

/** Atlassian's files where they are, else what was distilled from them. */
export function findDocuments(fromEnvironment: string | undefined): Documents {
  const folder = findSpecFolder(fromEnvironment)
  return folder === undefined ? distilledDocuments() : publishedDocuments(folder)
}

/** What the sandbox's routes have before the document's own path. */
export function prefixOf(name: string): string {
  return name === 'confluence-v2' ? '/wiki/api/v2' : ''
}

function readJson(folder: string, file: string): Json {
  return JSON.parse(readFileSync(resolve(folder, file), 'utf8'))
}

export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((current, key) => (current as Json | undefined)?.[key], value)
}

export function resolved(document: Json, value: unknown): unknown {
  const ref = at(value, '$ref')
  return typeof ref === 'string' ? at(document, ...ref.slice(2).split('/')) : value
}
