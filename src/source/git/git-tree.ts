import { posix } from 'node:path'
import type { Diagnostic } from '../../core/diagnostic.ts'
import { isYaml } from '../yaml-files.ts'
import { hasControlCharacter } from './git-address.ts'

/** One line of `git ls-tree`. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000` (a link), `160000` (a submodule), `040000` (a tree). */
  readonly mode: string
  readonly id: string
  /** From the root of the repository. */
  readonly path: string
}

export interface TreePart {
  /** To be read, in the order of their paths. */
  readonly files: readonly TreeEntry[]
  /** Where they lead decides. */
  readonly links: readonly TreeEntry[]
  readonly diagnostics: readonly Diagnostic[]
}

const linkMode = '120000'
export const submoduleMode = '160000'
export const treeMode = '040000'

/** Of the output of `git ls-tree -z`. `under`: what its paths are seen from. */
export function parseTree(printed: Buffer, under = ''): readonly TreeEntry[] {
  return printed
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t')
      const [mode = '', , id = ''] = line.slice(0, tab).split(' ')
      return { mode, id, path: posix.join(under, line.slice(tab + 1)) }
    })
}

/**
 * What of a tree is read: YAML files, as in a directory of this machine. Names that begin with a dot are skipped, and so
 * `.git` in any spelling of a dot. What could hide a declaration is told, never skipped. `path`: of the declaration. Pure.
 */
export function readable(entries: readonly TreeEntry[], path: string): TreePart {
  const visible = entries.filter((entry) => !isHidden(posix.relative(path, entry.path)))
  const odd = visible.filter((entry) => hasControlCharacter(entry.path) || entry.path.includes('\uFFFD'))
  const plain = visible.filter((entry) => !odd.includes(entry))
  const submodules = plain.filter(({ mode }) => mode === submoduleMode)
  return {
    files: plain.filter((entry) => entry.mode.startsWith('100') && isYaml(entry.path)),
    links: plain.filter(({ mode }) => mode === linkMode),
    diagnostics: [
      ...odd.map((entry) => notRead(JSON.stringify(entry.path), 'the name is no readable text')),
      ...submodules.map((entry) => notRead(entry.path, 'it is a submodule: what it declares is not read')),
    ],
  }
}

/** What a link hides, by where it leads. `kindOf`: what stands at a path from the root. Pure. */
export function linkProblem(
  { path }: TreeEntry,
  target: string,
  kindOf: (path: string) => 'file' | 'directory' | 'other' | undefined,
): Diagnostic | undefined {
  const leadsTo = linkTarget(path, target)
  if (leadsTo === undefined) return notRead(path, 'the link leads out of the repository')
  if (isYaml(path)) return notRead(path, 'links are not followed in Git', 'put the file itself here')
  // a directory that became a link must not read as withdrawn
  return kindOf(leadsTo) === 'file'
    ? undefined
    : notRead(path, 'only a link to a file in the repository is passed over')
}

/** From the root of the repository; undefined where it leads out. */
export function linkTarget(path: string, target: string): string | undefined {
  if (target.startsWith('/') || target.includes('\0')) return undefined
  const found = posix.normalize(posix.join(posix.dirname(path), target)).replace(/\/$/, '')
  return found === '..' || found.startsWith('../') ? undefined : found
}

const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.') && part !== '..')

export function notRead(file: string, message: string, hint?: string): Diagnostic {
  return {
    code: 'FILE_UNREADABLE',
    severity: 'error',
    message,
    origin: { file },
    ...(hint !== undefined && { hint }),
  }
}
