import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Manifest } from '../core/manifest.ts'
import { isYaml, readYamlFiles, type YamlDeclaration } from './yaml-files.ts'

const maxLevels = 6

/** All that is declared together, and which part of it was asked for. */
export interface Selection {
  /** Of the whole root, for references. */
  readonly declaration: YamlDeclaration
  /** The directory that holds the organization; absolute. */
  readonly root: string
  /** Whether the manifest is in one of the paths that were given. */
  readonly isSelected: (manifest: Manifest) => boolean
  readonly isWhole: boolean
}

/**
 * Reads the paths and what they need to be understood: where no AtlassianOrganization stands in them, the nearest
 * directory above that has one in its top level, up to the directory that holds `.git` and at most six levels.
 */
export async function readSelection(paths: readonly string[], cwd: string): Promise<Selection> {
  const absolute = paths.map((path) => resolve(cwd, path))
  const given = await readYamlFiles(absolute, { cwd })
  const start = await directoryOf(absolute[0]!)
  if (given.manifests.some(isOrganization)) return whole(given, start)
  const root = await findRoot(dirname(absolute[0]!) === start ? start : dirname(start), cwd)
  if (root === undefined) return whole(given, start)
  const declaration = await readYamlFiles([root, ...absolute], { cwd })
  const names = new Set(given.files)
  return { declaration, root, isSelected: ({ origin }) => names.has(origin.file), isWhole: false }
}

const whole = (declaration: YamlDeclaration, root: string): Selection => ({
  declaration,
  root,
  isSelected: () => true,
  isWhole: true,
})

const isOrganization = ({ kind }: Manifest): boolean => kind === 'AtlassianOrganization'

async function directoryOf(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined)
  return info?.isDirectory() ? path : dirname(path)
}

/** The nearest directory, from `start` upwards, whose own YAML files declare an organization. */
async function findRoot(start: string, cwd: string): Promise<string | undefined> {
  let directory = start
  for (let level = 0; level <= maxLevels; level += 1) {
    if (await holdsOrganization(directory, cwd)) return directory
    const isRepository = (await stat(join(directory, '.git')).catch(() => undefined)) !== undefined
    if (isRepository || dirname(directory) === directory) return undefined
    directory = dirname(directory)
  }
  return undefined
}

async function holdsOrganization(directory: string, cwd: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => [])
  const files = names.filter((name) => isYaml(name) && !name.startsWith('.')).map((name) => join(directory, name))
  const { manifests } = await readYamlFiles(files, { cwd })
  return manifests.some(isOrganization)
}
