import type { Diagnostic, Origin } from '../core/diagnostic.ts'
import { advice, type Findings } from './findings.ts'

/** Workflow commands of GitHub Actions: `::error file=…,line=…::message` (docs.github.com, workflow commands). */
export const annotations = ({ diagnostics }: Findings): string => diagnostics.map(annotation).join('\n')

function annotation(each: Diagnostic): string {
  const { code, severity, origin } = each
  const properties = [...(origin ? placeOf(origin) : []), `title=${property(code)}`].join(',')
  return `::${severity} ${properties}::${data(advice(each))}`
}

const placeOf = ({ file, line, column, endColumn }: Origin): readonly string[] => [
  `file=${property(file)}`,
  ...(line === undefined ? [] : [`line=${line}`]),
  ...(column === undefined ? [] : [`col=${column}`]),
  ...(endColumn === undefined ? [] : [`endColumn=${endColumn}`]),
]

/** As actions/toolkit escapes them: a line break would begin a command of whoever wrote the manifest. */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
