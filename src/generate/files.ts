import type { Kind } from '../core/kind.ts'
import { crdName, crdText } from './crd.ts'
import { anyKindSchema, editorSchema, editorSchemaFile } from './editor-schema.ts'

/** Folders in which every file is generated. */
export const generatedFolders = ['crds', 'charts/roster/crds-templated', 'schemas'] as const

/** Text of every generated file by its path from the root of the project. */
export function generatedFiles(kinds: ReadonlyMap<string, Kind>): ReadonlyMap<string, string> {
  const all = [...kinds.values()]
  return new Map([
    ...all.map((kind): [string, string] => [`crds/${crdName(kind.name)}.yaml`, crdText(kind)]),
    // a chart reads no file outside its folder
    ...all.map((kind): [string, string] => [`charts/roster/crds-templated/${crdName(kind.name)}.yaml`, crdText(kind)]),
    ...all.map((kind): [string, string] => [`schemas/${editorSchemaFile(kind)}`, json(editorSchema(kind))]),
    ['schemas/roster.schema.json', json(anyKindSchema(all))],
  ])
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
