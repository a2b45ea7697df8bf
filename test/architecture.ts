import { posix } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import type { Expression } from 'oxc-parser'

/** Source texts by path below src/, with forward slashes: `core/diff.ts`. */
export type Sources = ReadonlyMap<string, string>

/** What one file asks of others: specifiers as written, type imports included, and the globals it reads as `Date.now`. */
type Facts = {
  readonly staticImports: readonly string[]
  readonly dynamicImports: readonly string[]
  readonly globals: readonly string[]
}

/**
 * Which folder may import which folder or file, beside itself. The rows of the kinds are in `mayImport`.
 * A new folder needs a row here; a file without one breaks the rule.
 */
const folders: Readonly<Record<string, readonly string[]>> = {
  core: [],
  atlassian: ['core'],
  kinds: ['core'],
  source: ['core'],
  state: ['core', 'source'],
  import: ['core', 'atlassian', 'kinds'],
  init: ['core'],
  report: ['core', 'doctor'],
  kubernetes: ['core'],
  run: ['core', 'atlassian', 'kinds', 'source', 'state', 'config.ts', 'clock.ts'],
  server: ['core'],
  forge: ['atlassian', 'report'],
  daemon: ['core', 'atlassian', 'source', 'state', 'run', 'report', 'server'],
  controller: ['core', 'atlassian', 'kinds', 'run', 'state', 'report', 'kubernetes', 'server'],
  doctor: ['core', 'atlassian', 'kinds', 'run'],
  generate: ['core', 'kinds'],
  cli: [
    'core',
    'atlassian',
    'kinds',
    'source',
    'state',
    'report',
    'run',
    'doctor',
    'import',
    'init',
    'generate',
    'controller',
    'daemon',
    'forge',
    'server',
    'kubernetes',
    'config.ts',
    'clock.ts',
  ],
  sandbox: [],
  'config.ts': [],
  'clock.ts': ['core'],
}

/** Folders that are loaded when a command needs them, never with the program: importer to what it may load. */
const loadedOnDemand: Readonly<Record<string, readonly string[]>> = { cli: ['sandbox'] }

/** The packages of the folders that must stay free of side effects; folders without a row may use any. */
const packages: Readonly<Record<string, readonly string[]>> = {
  core: ['ajv', 'fast-json-patch', 'fastest-levenshtein', 'node:crypto', 'node:util', 'typebox'],
}

/** Globals that hide an input or an output, and the only places that may touch them. */
const globals: readonly { readonly pattern: RegExp; readonly allowed: readonly string[] }[] = [
  { pattern: /^process\.env$/, allowed: ['config.ts'] },
  {
    pattern: /^(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.hrtime)$/,
    allowed: ['clock.ts', 'cli/io.ts', 'sandbox/start-sandbox.ts'],
  },
  { pattern: /^((globalThis\.)?(setTimeout|setInterval)|node:timers.*)$/, allowed: ['clock.ts', 'sandbox/send.ts'] },
  { pattern: /^console\./, allowed: ['cli'] },
]

/** The files that architecture rules are about: sources that ship, so no tests. */
function shipped(sources: Sources): readonly string[] {
  return [...sources.keys()].filter((file) => !file.endsWith('.test.ts'))
}

function within(file: string, places: readonly string[]): boolean {
  return places.some((place) => file === place || file.startsWith(`${place}/`))
}

function folderOf(file: string): string {
  return file.split('/')[0]!
}

/**
 * Where a file may import from. A kind sees the core, the transport, itself, and what stands beside the kinds for all
 * of them (`kinds/glob.ts`), never another kind. Only the registry, kinds/index.ts, sees every kind.
 */
function mayImport(file: string, sources: Sources): readonly string[] {
  const [folder = '', kind = '', leaf] = file.split('/')
  if (folder !== 'kinds' || file === 'kinds/index.ts') return [folder, ...(folders[folder] ?? [])]
  const shared = [...sources.keys()].filter((each) => /^kinds\/(?!index\.ts$)[^/]+$/.test(each))
  return ['core', 'atlassian', ...shared, ...(leaf === undefined ? [] : [`kinds/${kind}`])]
}

function nameOf(expression: Expression): string | undefined {
  if (expression.type === 'Identifier') return expression.name
  if (expression.type !== 'MemberExpression' || expression.object.type !== 'Identifier') return undefined
  if (expression.computed) {
    const { property } = expression
    return property.type === 'Literal' ? `${expression.object.name}.${String(property.value)}` : undefined
  }
  return `${expression.object.name}.${(expression.property as { name: string }).name}`
}

const known = new Map<string, Facts>()

/** Of each text once: the rules follow imports from every file, and would parse the core a hundred times. */
function factsOf(file: string, text: string): Facts {
  const key = `${file}\n${text}`
  const facts = known.get(key) ?? parsedFacts(file, text)
  known.set(key, facts)
  return facts
}

/** Reads one file with a real parser, so that comments, strings and line breaks cannot fool a rule. */
function parsedFacts(file: string, text: string): Facts {
  const staticImports: string[] = []
  const dynamicImports: string[] = []
  const names: string[] = []
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]!.message}`)
  new Visitor({
    ImportDeclaration: (node) => void staticImports.push(node.source.value),
    ExportAllDeclaration: (node) => void staticImports.push(node.source.value),
    ExportNamedDeclaration: (node) => void (node.source && staticImports.push(node.source.value)),
    TSImportType: (node) => void staticImports.push(node.source.value),
    ImportExpression: (node) => void (node.source.type === 'Literal' && dynamicImports.push(String(node.source.value))),
    MemberExpression: (node) => void names.push(nameOf(node) ?? ''),
    CallExpression: (node) => void (node.callee.type === 'Identifier' && names.push(node.callee.name)),
    NewExpression: (node) => void (node.arguments.length === 0 && names.push(`new ${nameOf(node.callee) ?? ''}()`)),
  }).visit(program)
  return { staticImports, dynamicImports, globals: names.filter(Boolean) }
}

function resolve(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier))
}

function relativeImports(file: string, specifiers: readonly string[]): readonly string[] {
  return specifiers.filter((each) => each.startsWith('.')).map((each) => resolve(file, each))
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function reachedFrom(file: string, sources: Sources): ReadonlySet<string> {
  const reached = new Set<string>()
  const waiting = [file]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const text = sources.get(next)
    if (text === undefined) continue
    const imports = relativeImports(next, factsOf(next, text).staticImports).filter((to) => !reached.has(to))
    for (const to of imports) reached.add(to)
    waiting.push(...imports)
  }
  return reached
}

/** Imports that cross a border of the folder table, as `from -> to`. */
export function forbiddenImports(sources: Sources): readonly string[] {
  return shipped(sources).flatMap((file) => {
    const facts = factsOf(file, sources.get(file)!)
    const always = mayImport(file, sources)
    const onDemand = [...always, ...(loadedOnDemand[folderOf(file)] ?? [])]
    const wrong = [
      ...relativeImports(file, facts.staticImports).filter((to) => !within(to, always)),
      ...relativeImports(file, facts.dynamicImports).filter((to) => !within(to, onDemand)),
    ]
    return wrong.map((to) => `${file} -> ${to}`)
  })
}

/** Files in folders that the table does not know. */
export function unknownFolders(sources: Sources): readonly string[] {
  return shipped(sources).filter((file) => folders[folderOf(file)] === undefined)
}

/** Packages imported by folders that may not, as `file -> package`. */
export function forbiddenPackages(sources: Sources): readonly string[] {
  return shipped(sources).flatMap((file) => {
    const allowed = packages[folderOf(file)]
    const { staticImports, dynamicImports } = factsOf(file, sources.get(file)!)
    const used = [...staticImports, ...dynamicImports].filter((each) => !each.startsWith('.')).map(packageOf)
    return used.filter((each) => allowed !== undefined && !allowed.includes(each)).map((each) => `${file} -> ${each}`)
  })
}

/** Files that import themselves by some way round, types included. */
export function cycles(sources: Sources): readonly string[] {
  return shipped(sources).filter((file) => reachedFrom(file, sources).has(file))
}

/** Files of `folder` that are loaded together with `entry`. */
export function reachedIn(folder: string, entry: string, sources: Sources): readonly string[] {
  return [...reachedFrom(entry, sources)].filter((file) => within(file, [folder]))
}

/** Hidden inputs and outputs outside the places that own them, as `file: global`. */
export function forbiddenGlobals(sources: Sources): readonly string[] {
  return shipped(sources).flatMap((file) => {
    const facts = factsOf(file, sources.get(file)!)
    const used = [...new Set([...facts.globals, ...facts.staticImports])]
    const banned = globals.filter(({ allowed }) => !within(file, allowed))
    return used.filter((name) => banned.some(({ pattern }) => pattern.test(name))).map((name) => `${file}: ${name}`)
  })
}

/** Tests that replace a module or wait on the wall clock, as `file: call`. */
export function forbiddenInTests(sources: Sources): readonly string[] {
  const banned = /^(vi\.(mock|doMock|hoisted)|setTimeout|setInterval|node:timers.*)$/
  return [...sources.keys()]
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => {
      const { globals: names, staticImports } = factsOf(file, sources.get(file)!)
      const used = [...new Set([...names, ...staticImports])]
      return used.filter((name) => banned.test(name)).map((name) => `${file}: ${name}`)
    })
}
