import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { existsSync } from 'node:fs'
import type { ImportFile } from '../import/import-estate.ts'
import { readSelection } from '../source/root.ts'

/** Where an import reads the declaration, and where it writes. Absolute. */
export interface ImportTarget {
  /** The directory that holds the organization. */
  readonly root: string
  readonly directory: string
}

/** The directory may be missing or empty; the organization stands in it, or in one above. */
export async function importTarget(directory: string, cwd: string): Promise<ImportTarget> {
  const target = resolve(cwd, directory)
  let near = target
  while (!existsSync(near) && dirname(near) !== near) near = dirname(near)
  // a directory below the one that is there finds what stands in it: the search begins above the given path
  const { root, declaration } = await readSelection([near], cwd)
  const isHere = declaration.manifests.some(({ kind }) => kind === 'AtlassianOrganization')
  return { root: isHere ? root : near, directory: target }
}

/** Path below the directory, with forward slashes; undefined for a file elsewhere. */
export function pathBelow(directory: string, file: string, cwd: string): string | undefined {
  const path = relative(directory, resolve(cwd, file))
  return path.startsWith('..') || path === '' ? undefined : path.split(sep).join('/')
}

/** Writes what is new; a file that came there in the meantime is not overwritten. @throws where the file system refuses */
export async function writeImport(directory: string, files: readonly ImportFile[]): Promise<void> {
  for (const { path, text, isReplacement } of files) {
    const file = join(directory, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text, { flag: isReplacement ? 'w' : 'wx' })
  }
}

/** As seen from a file below `directory`: the schema that `roster init` puts beside the declaration, where there is one. */
export function schemaPath({ root, directory }: ImportTarget): ((path: string) => string) | undefined {
  const name = join('schemas', 'roster.schema.json')
  const found = [join(root, name), join(dirname(root), name)].find((each) => existsSync(each))
  if (found === undefined) return undefined
  return (path) =>
    relative(dirname(join(directory, path)), found)
      .split(sep)
      .join('/')
}
