import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { kinds } from '../kinds/index.ts'
import { anyKindSchema, editorSchema, editorSchemaFile } from './editor-schema.ts'
import { generatedFiles } from './files.ts'

const all = [...kinds.values()]
const ajv = new Ajv({ strict: false })
for (const kind of all) ajv.addSchema(editorSchema(kind), editorSchemaFile(kind))
const validate = ajv.compile(anyKindSchema(all))

const user = {
  apiVersion: 'roster.dev/v1alpha1',
  kind: 'AtlassianUser',
  metadata: { name: 'ana' },
  spec: { email: 'ana@acme.com' },
}

describe('the schema for editors', () => {
  const table: Record<string, readonly [object, boolean]> = {
    'a manifest without what has a default': [user, true],
    'an unknown field': [{ ...user, spec: { ...user.spec, emial: 'ana@acme.com' } }, false],
    'the spec of another kind': [{ ...user, kind: 'AtlassianGroup' }, false],
    'an unknown kind': [{ ...user, kind: 'AtlassianUsers' }, false],
    'another version': [{ ...user, apiVersion: 'roster.dev/v1' }, false],
    'a name that Kubernetes refuses': [{ ...user, metadata: { name: 'Ana Ruiz' } }, false],
  }
  for (const [sentence, [manifest, good]] of Object.entries(table)) {
    test(sentence, () => expect(validate(manifest)).toBe(good))
  }

  test('it has no keywords of Kubernetes', () => {
    expect(JSON.stringify(all.map(editorSchema))).not.toContain('x-kubernetes')
  })
})

test('the generated files are those of this version', async () => {
  for (const [path, text] of generatedFiles(kinds)) {
    const written = await readFile(join(import.meta.dirname, '../..', path), 'utf8')
    expect(written === text, `${path}: npm run generate`).toBe(true)
  }
})
