import { resolve } from 'node:path'
import type { Diagnostic } from '../core/diagnostic.ts'
import { createFileSource } from '../daemon/file-source.ts'
import type { DeclarationSource } from '../daemon/snapshot.ts'
import type { Context } from './context.ts'
import { locate } from './declaration.ts'
import type { StateOptions } from './state-home.ts'

/** Where a daemon reads its declaration, and where it keeps what it must remember. */
export interface DaemonSource {
  readonly source: DeclarationSource
  readonly stateDirectory: string
  readonly close: () => Promise<void>
}

/** The files of a directory. */
export async function openFiles(path: string, context: Context, options: StateOptions): Promise<DaemonSource> {
  const { io } = context
  const read = async () => {
    const found = await locate([path], context, options)
    const missing = found.isWhole && found.declaration.manifests.some(isOrganization) ? [] : [noOrganization(path)]
    const { manifests, diagnostics, texts } = found.declaration
    return { ...found, cwd: io.cwd, declaration: { manifests, texts, diagnostics: [...diagnostics, ...missing] } }
  }
  const { stateDirectory } = await locate([path], context, options)
  const source = createFileSource({ directory: resolve(io.cwd, path), read, clock: io.clock })
  return { source, stateDirectory, close: async () => {} }
}

const isOrganization = ({ kind }: { readonly kind: string }): boolean => kind === 'AtlassianOrganization'

/** A part of a declaration is nothing to run on: what it does not hold would be nobody's. */
const noOrganization = (path: string): Diagnostic => ({
  code: 'NO_ORGANIZATION',
  severity: 'error',
  message: 'the directory does not hold the AtlassianOrganization',
  origin: { file: path },
})
