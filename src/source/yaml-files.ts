import { open, readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import type { Diagnostic, DiagnosticCode } from '../core/diagnostic.ts'
import type { Declaration } from '../core/manifest.ts'
import { compare } from '../core/resource.ts'
import { parseYaml } from './yaml-documents.ts'

export interface YamlFilesOptions {
  /** Paths in diagnostics and plans are written relative to this directory. */
  readonly cwd: string
  /** Bytes. Default 1 MiB; a larger file is refused before it is parsed. */
  readonly maxFileBytes?: number
}

export interface YamlDeclaration extends Declaration {
  /** The files that were looked at, as they are named in origins, sorted. */
  readonly files: readonly string[]
  /** Text by file, for code frames; absent where the file was refused. */
  readonly texts: ReadonlyMap<string, string>
}

/**
 * The manifests of files and directories. A directory is read with all below it: `*.yaml` and `*.yml` in the order of
 * their paths; names that begin with a dot are skipped, and so `.git`, `.github` and `.roster`. Every YAML file in it must
 * hold manifests. What cannot be read is a diagnostic, never an exception.
 */
export async function readYamlFiles(paths: readonly string[], options: YamlFilesOptions): Promise<YamlDeclaration> {
  const found = await Promise.all(paths.map((path) => list(resolve(options.cwd, path), options.cwd)))
  const diagnostics = found.flatMap(({ problems }) => problems)
  const files = [...new Set(found.flatMap(({ files: each }) => each))].sort(compare)
  const texts = new Map<string, string>()
  const manifests: YamlDeclaration['manifests'][number][] = []
  // one after the other: thousands of files at once would exhaust the file handles
  for (const file of files) {
    const name = shown(file, options.cwd)
    const read = await readText(file, name, options.maxFileBytes ?? 1024 * 1024)
    if ('problem' in read) {
      diagnostics.push(read.problem)
      continue
    }
    texts.set(name, read.text)
    const parsed = parseYaml(read.text, name)
    manifests.push(...parsed.manifests)
    diagnostics.push(...parsed.diagnostics)
  }
  return { manifests, diagnostics, texts, files: files.map((file) => shown(file, options.cwd)) }
}

/** With forward slashes on every machine, and never a way up where an absolute path is shorter to read. */
export function shown(path: string, cwd: string): string {
  const near = relative(cwd, path)
  const name = near === '' ? '.' : near.startsWith(join('..', '..', '..')) ? path : near
  return name.split(sep).join('/')
}

export const isYaml = (name: string): boolean => /\.ya?ml$/i.test(name)

interface Listing {
  /** Absolute. */
  readonly files: readonly string[]
  readonly problems: readonly Diagnostic[]
}

async function list(path: string, cwd: string): Promise<Listing> {
  const info = await attempt(stat(path), shown(path, cwd))
  if ('problem' in info) return { files: [], problems: [info.problem] }
  if (!info.value.isDirectory()) return { files: [path], problems: [] }
  const root = await realpath(path)
  const listing = await walk(path, root, cwd)
  if (listing.files.length > 0 || listing.problems.length > 0) return listing
  // a missing declaration must not read as an empty one
  return { files: [], problems: [unreadable(shown(path, cwd), 'the directory holds no *.yaml or *.yml file')] }
}

async function walk(directory: string, root: string, cwd: string): Promise<Listing> {
  const entries = await attempt(readdir(directory, { withFileTypes: true }), shown(directory, cwd))
  if ('problem' in entries) return { files: [], problems: [entries.problem] }
  const visible = entries.value.filter(({ name }) => !name.startsWith('.')).sort((a, b) => compare(a.name, b.name))
  const all: Listing[] = []
  for (const entry of visible) {
    const path = join(directory, entry.name)
    if (entry.isSymbolicLink()) all.push(await follow(path, root, cwd))
    else if (entry.isDirectory()) all.push(await walk(path, root, cwd))
    else if (isYaml(entry.name)) all.push({ files: [path], problems: [] })
  }
  return { files: all.flatMap(({ files }) => files), problems: all.flatMap(({ problems }) => problems) }
}

/**
 * A link to a file below the root is read (mounted ConfigMaps are full of them). One that leads elsewhere could show the
 * machine's files to whoever writes manifests, one to a directory may lead in circles, and neither must be skipped in
 * silence: what it hides would read as withdrawn.
 */
async function follow(path: string, root: string, cwd: string): Promise<Listing> {
  const target = await attempt(realpath(path), shown(path, cwd))
  if ('problem' in target) return { files: [], problems: isYaml(path) ? [target.problem] : [] }
  const isDirectory = (await stat(target.value)).isDirectory()
  if (!isDirectory && !isYaml(path)) return { files: [], problems: [] }
  if (isDirectory)
    return { files: [], problems: [unreadable(shown(path, cwd), 'links to directories are not followed')] }
  if (target.value.startsWith(root + sep)) return { files: [path], problems: [] }
  return { files: [], problems: [unreadable(shown(path, cwd), 'the link leads out of the directory that was given')] }
}

async function readText(
  path: string,
  name: string,
  maxBytes: number,
): Promise<{ text: string } | { problem: Diagnostic }> {
  const read = await attempt(readLimited(path, maxBytes), name)
  if ('problem' in read) return read
  const { bytes, size } = read.value
  if (bytes === undefined) return { problem: tooLarge(name, size, maxBytes) }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    // the decoder has nothing to say beyond "not UTF-8"
    return { problem: { ...unreadable(name, 'the file is not UTF-8 text'), code: 'YAML_SYNTAX' } }
  }
}

async function readLimited(path: string, maxBytes: number): Promise<{ size: number; bytes?: Buffer }> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    return size > maxBytes ? { size } : { size, bytes: await handle.readFile() }
  } finally {
    await handle.close()
  }
}

const tooLarge = (file: string, size: number, maxBytes: number): Diagnostic => ({
  code: 'FILE_TOO_LARGE',
  severity: 'error',
  message: `the file has ${mebibytes(size)} MiB, a manifest file may have ${mebibytes(maxBytes)}`,
  origin: { file, line: 1, column: 1 },
  hint: 'split it',
})

const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1).replace('.0', '')

function unreadable(file: string, message: string): Diagnostic & { code: DiagnosticCode } {
  return { code: 'FILE_UNREADABLE', severity: 'error', message, origin: { file } }
}

/** Failures of the file system as diagnostics. */
async function attempt<T>(work: Promise<T>, file: string): Promise<{ value: T } | { problem: Diagnostic }> {
  try {
    return { value: await work }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    return { problem: unreadable(file, reasons[code] ?? `it cannot be read (${code})`) }
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  ELOOP: 'the link leads in circles',
}
