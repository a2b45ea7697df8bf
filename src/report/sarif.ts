import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { codes, type Diagnostic, type DiagnosticCode, type Origin } from '../core/diagnostic.ts'
import { advice, type Findings } from './findings.ts'

const rules = Object.keys(codes) as readonly DiagnosticCode[]

/** SARIF 2.1.0 (OASIS), as GitHub code scanning takes it. Every code is a rule; a result points to it by its index. */
export function sarif({ diagnostics, version }: Findings): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'roster',
            version,
            semanticVersion: version,
            rules: rules.map((id) => ({ id, name: id, shortDescription: { text: codes[id] } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map(result),
      },
    ],
  }
}

function result(each: Diagnostic): object {
  const { code, severity, origin } = each
  return {
    ruleId: code,
    ruleIndex: rules.indexOf(code),
    level: severity,
    message: { text: advice(each) },
    locations: origin ? [location(origin)] : [],
  }
}

function location({ file, line, column, endColumn }: Origin): object {
  const region = {
    startLine: line,
    ...(column !== undefined && { startColumn: column }),
    // SARIF ends a region behind its last character, as origins do
    ...(endColumn !== undefined && { endColumn }),
  }
  return {
    physicalLocation: {
      artifactLocation: isAbsolute(file) ? { uri: pathToFileURL(file).href } : relative(file),
      ...(line !== undefined && { region }),
    },
  }
}

/** `%SRCROOT%` is where the repository stands, by convention. */
const relative = (file: string): object => ({
  uri: file.split('/').map(encodeURIComponent).join('/'),
  uriBaseId: '%SRCROOT%',
})
