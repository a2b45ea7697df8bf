import { isError, type Diagnostic } from '../core/diagnostic.ts'
import { place } from './code-frame.ts'
import { advice, type Findings } from './findings.ts'
import { printable } from './terminal-text.ts'

/** What belongs to no file stands under this name. */
const wholeDeclaration = 'declaration'

/**
 * One test case per file, failed where the file has a mistake; warnings are its output. One failure per case, because
 * GitLab shows the first one only (docs.gitlab.com, unit test reports).
 */
export function junit({ files, diagnostics }: Findings): string {
  const byFile = Map.groupBy(diagnostics, ({ origin }) => origin?.file ?? wholeDeclaration)
  const names = [...new Set([...files, ...byFile.keys()])]
  const cases = names.map((name) => testCase(name, byFile.get(name) ?? []))
  const failures = [...byFile.values()].filter((all) => all.some(isError)).length
  const numbers = `name="roster validate" tests="${names.length}" failures="${failures}" errors="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${numbers}>`,
    `  <testsuite ${numbers} skipped="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')
}

function testCase(name: string, diagnostics: readonly Diagnostic[]): string {
  const head = `    <testcase classname="manifests" name="${xml(name)}" file="${xml(name)}"`
  const [errors, warnings] = [diagnostics.filter(isError), diagnostics.filter((each) => !isError(each))]
  const lines = (all: readonly Diagnostic[]): string => all.map((each) => xml(line(each))).join('\n')
  const [first] = errors
  const body = [
    ...(first
      ? [`      <failure type="${first.code}" message="${xml(advice(first))}">${lines(errors)}</failure>`]
      : []),
    ...(warnings.length > 0 ? [`      <system-out>${lines(warnings)}</system-out>`] : []),
  ]
  return body.length === 0 ? `${head}/>` : [`${head}>`, ...body, '    </testcase>'].join('\n')
}

const line = (each: Diagnostic): string =>
  `${each.origin ? `${place(each.origin)} ` : ''}${each.severity}[${each.code}]: ${advice(each)}`

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 holds no control characters and no half of a pair, escaped or not. */
const xml = (text: string): string =>
  printable(text.toWellFormed())
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replace(/[&<>"]/g, (character) => entities[character]!)
