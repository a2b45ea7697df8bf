import { join } from 'node:path'
import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Manifest } from '../../core/manifest.ts'
import { compare } from '../../core/resource.ts'
import type { Selection } from '../root.ts'
import { parseYaml } from '../yaml-documents.ts'
import type { YamlDeclaration } from '../yaml-files.ts'
import { notRead } from './git-tree.ts'
import { repositoryPath } from './repository.ts'
import type { Revision } from './revision.ts'

/** What a revision declares. Files are named from the root of the repository. */
export function readRevision({ files, diagnostics }: Revision): YamlDeclaration {
  const names = [...files.keys()].sort(compare)
  const parsed = names.map((name) => parseYaml(files.get(name)!, name))
  return {
    manifests: parsed.flatMap((each) => each.manifests),
    diagnostics: [...diagnostics, ...parsed.flatMap((each) => each.diagnostics)],
    files: names,
    texts: files,
  }
}

/**
 * The part that was asked for, by paths from the root of the repository. With none, or where they hold the organization,
 * it is all of it. `cwd` stands for the root of the repository.
 */
export function selectRevision(
  revision: Revision,
  paths: readonly string[],
  cwd: string,
): Selection & { covers: (file: string) => boolean } {
  const declaration = readRevision(revision)
  const wanted = paths.map((path) => repositoryPath(path))
  const isIn = (file: string, path: string): boolean => path === '' || file === path || file.startsWith(`${path}/`)
  const isAsked = (file: string): boolean => wanted.some((path) => isIn(file, path))
  const isWhole =
    wanted.length === 0 ||
    declaration.manifests.some(({ kind, origin }) => kind === 'AtlassianOrganization' && isAsked(origin.file))
  const covers = (file: string): boolean => isWhole || isAsked(file)
  const missing = wanted.filter((path) => !declaration.files.some((file) => isIn(file, path)))
  const unread: Diagnostic[] = missing.map((path) => notRead(path, `it is not there in commit ${revision.commit}`))
  return {
    declaration: { ...declaration, diagnostics: [...declaration.diagnostics, ...unread] },
    root: join(cwd, revision.path),
    isSelected: ({ origin }: Manifest) => covers(origin.file),
    isWhole,
    covers,
  }
}
