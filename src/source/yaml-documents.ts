import {
  isNode,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type Alias,
  type Document,
  type ErrorCode,
  type YAMLError,
} from 'yaml'
import type { Diagnostic } from '../core/diagnostic.ts'
import type { Declaration, Manifest } from '../core/manifest.ts'
import { toManifest } from './manifest-shape.ts'
import { createPositions, type Positions } from './yaml-position.ts'

/** How often the anchors of one document may be used, counted through each other: against alias bombs. */
const maxAliasCount = 100

/**
 * The manifests of one YAML text. YAML 1.2 core schema: `NO`, `on` and unquoted dates are strings. A document with a
 * mistake yields diagnostics and no manifest, the others of the file are read on.
 */
export function parseYaml(text: string, file: string): Declaration {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core' })
  const documents = Array.isArray(parsed) ? (parsed as Document[]) : []
  const manifests: Manifest[] = []
  const diagnostics: Diagnostic[] = []
  const declared = documents.filter((document) => document.contents !== null || document.errors.length > 0)
  if (declared.every(isNothing)) return { manifests, diagnostics: [emptyFile(file)] }
  for (const document of declared) {
    if (isNothing(document)) continue
    const read = readDocument(document, createPositions(file, document, lines))
    if ('manifest' in read) manifests.push(read.manifest)
    else diagnostics.push(...read.problems)
  }
  return { manifests, diagnostics }
}

/** `---` and nothing, or comments alone. */
const isNothing = (document: Document): boolean =>
  document.errors.length === 0 && isScalar(document.contents) && document.contents.value === null

const emptyFile = (file: string): Diagnostic => ({
  code: 'EMPTY_FILE',
  severity: 'error',
  message: 'the file declares nothing',
  origin: { file, line: 1, column: 1 },
  hint: 'delete the file if nothing is meant to be declared here',
})

type Read = { readonly manifest: Manifest } | { readonly problems: readonly Diagnostic[] }

function readDocument(document: Document, positions: Positions): Read {
  const mistakes = [...document.errors, ...document.warnings].map((error) => syntaxProblem(error, positions))
  if (mistakes.length > 0) return { problems: oneOfEach(mistakes) }
  const value = toValue(document, positions)
  return 'problem' in value ? { problems: [value.problem] } : toManifest(value.value, positions)
}

function toValue(document: Document, { at }: Positions): { value: unknown } | { problem: Diagnostic } {
  const { last, unknown } = aliases(document)
  const problem = { code: 'YAML_SYNTAX', severity: 'error' } as const
  if (unknown) {
    const [start, end] = unknown.range!
    return { problem: { ...problem, message: `there is no anchor "&${unknown.source}" above`, origin: at(start, end) } }
  }
  try {
    return { value: document.toJS({ maxAliasCount }) as unknown }
  } catch (error) {
    // `yaml` refuses a bomb with a ReferenceError; its other use, an unknown anchor, is dealt with above
    if (!(error instanceof ReferenceError) || !last) throw error
    const message = `anchors are used more than ${maxAliasCount} times through each other`
    const hint = 'write the values out: a small file that unfolds into a huge one is refused'
    return { problem: { ...problem, message, origin: at(last.range![0], last.range![1]), hint } }
  }
}

/** In a bomb the last alias is the one that multiplies all before it. */
function aliases(document: Document): { readonly last?: Alias; readonly unknown?: Alias } {
  const anchors = new Set<string>()
  const all: Alias[] = []
  const unknown: Alias[] = []
  visit(document, {
    Alias: (_, alias) => {
      all.push(alias)
      if (!anchors.has(alias.source)) unknown.push(alias)
    },
    Node: (_, node) => {
      if (isNode(node) && 'anchor' in node && node.anchor !== undefined) anchors.add(node.anchor)
    },
  })
  return { ...(all.length > 0 && { last: all.at(-1)! }), ...(unknown[0] && { unknown: unknown[0] }) }
}

interface Stumble {
  readonly yaml: ErrorCode
  readonly diagnostic: Diagnostic
}

/** One slip makes a parser stumble several times: only the first stumble tells where the slip is. */
function oneOfEach(problems: readonly Stumble[]): readonly Diagnostic[] {
  const kept = problems.filter(({ yaml }, index) => yaml === 'DUPLICATE_KEY' || index === 0)
  return kept.map(({ diagnostic }) => diagnostic)
}

function syntaxProblem(error: YAMLError, { at }: Positions): Stumble {
  const hint = hints[error.code]
  const message = messages[error.code] ?? lowerFirst(error.message.replace(/\.$/, ''))
  const [start, end] = error.pos
  const origin = at(start, Math.max(end, start))
  const more = hint === undefined ? {} : { hint }
  return { yaml: error.code, diagnostic: { code: 'YAML_SYNTAX', severity: 'error', message, origin, ...more } }
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

const messages: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'a tab is not allowed as indentation',
  DUPLICATE_KEY: 'the key stands twice in one object',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
}

const hints: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  DUPLICATE_KEY: 'the second would silently win: keep one of them',
  BAD_INDENT: 'count the spaces at the beginning of this line and of those above it',
  MULTILINE_IMPLICIT_KEY: 'is a colon missing, or a quote open?',
  MISSING_CHAR: 'is a quote or a bracket open?',
  TAG_RESOLVE_FAILED: 'leave the tag out',
}
