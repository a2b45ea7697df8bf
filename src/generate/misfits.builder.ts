import type { Diagnostic } from '../core/diagnostic.ts'
import type { Kind } from '../core/kind.ts'
import { sketchContext, sketchDirectory } from '../kinds/directory.builder.ts'
import { buildManifest } from '../kinds/principals.builder.ts'

/** What the command line finds wrong in a spec by itself, whatever else there is. */
export function misfits(kind: Kind, spec: object): readonly Diagnostic[] {
  const manifest = buildManifest(kind.name, spec)
  const parsed = kind.parse(manifest)
  if ('problems' in parsed) return parsed.problems
  const context = { ...sketchContext(sketchDirectory({})), catalogue: new Map() }
  return kind.expand({ manifest, spec: parsed.spec }, context).diagnostics.filter(({ code }) => code === 'INVALID_SPEC')
}
