import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { codes, type Diagnostic } from '../core/diagnostic.ts'
import { annotations } from './annotations.ts'
import { codeQuality } from './code-quality.ts'
import { junit } from './junit.ts'
import { sarif } from './sarif.ts'

const mistake: Diagnostic = {
  code: 'UNKNOWN_ROLE',
  severity: 'error',
  message: 'there is no role "Devs" & <more>',
  hint: 'did you mean "Developers"?',
  origin: { file: 'access/a b.yaml', line: 6, column: 9, endColumn: 13 },
}
const warning: Diagnostic = {
  code: 'EXPIRES_SOON',
  severity: 'warning',
  message: 'ends soon\u0000\uD800',
  origin: { file: 'access/a b.yaml', line: 8 },
}
const nowhere: Diagnostic = { code: 'NO_ORGANIZATION', severity: 'error', message: 'none is in sight' }
const found = {
  files: ['access/a b.yaml', 'access/c.yaml'],
  diagnostics: [mistake, warning, nowhere],
  version: '1.2.3',
}

test('junit: one case per file, failed where it has a mistake; what belongs to no file has a case too', () => {
  expect(junit(found).split('\n')).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="roster validate" tests="3" failures="2" errors="0">',
    '  <testsuite name="roster validate" tests="3" failures="2" errors="0" skipped="0">',
    '    <testcase classname="manifests" name="access/a b.yaml" file="access/a b.yaml">',
    '      <failure type="UNKNOWN_ROLE" message="there is no role &quot;Devs&quot; &amp; &lt;more&gt;: did you mean &quot;Developers&quot;?">' +
      'access/a b.yaml:6:9 error[UNKNOWN_ROLE]: there is no role &quot;Devs&quot; &amp; &lt;more&gt;: did you mean &quot;Developers&quot;?</failure>',
    '      <system-out>access/a b.yaml:8 warning[EXPIRES_SOON]: ends soon\\u0000\uFFFD</system-out>',
    '    </testcase>',
    '    <testcase classname="manifests" name="access/c.yaml" file="access/c.yaml"/>',
    '    <testcase classname="manifests" name="declaration" file="declaration">',
    '      <failure type="NO_ORGANIZATION" message="none is in sight">error[NO_ORGANIZATION]: none is in sight</failure>',
    '    </testcase>',
    '  </testsuite>',
    '</testsuites>',
  ])
})

interface Sarif {
  readonly $schema: string
  readonly version: string
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly version: string; readonly rules: readonly { readonly id: string }[] } }
    readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number; readonly locations: object[] }[]
  }[]
}

test('SARIF: each code is a rule, each result points to its rule, and places are relative URIs', () => {
  const { version, runs } = sarif(found) as Sarif
  const { tool, results } = runs[0]!
  expect({ version, tool: tool.driver.version }).toEqual({ version: '2.1.0', tool: '1.2.3' })
  expect(tool.driver.rules.map(({ id }) => id)).toEqual(Object.keys(codes))
  expect(results.map(({ ruleIndex }) => tool.driver.rules[ruleIndex]!.id)).toEqual(results.map(({ ruleId }) => ruleId))
  expect(results[0]).toMatchObject({
    ruleId: 'UNKNOWN_ROLE',
    level: 'error',
    message: { text: 'there is no role "Devs" & <more>: did you mean "Developers"?' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'access/a%20b.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 6, startColumn: 9, endColumn: 13 },
        },
      },
    ],
  })
  expect(results.map(({ locations }) => locations.length)).toEqual([1, 1, 0])
})

test('SARIF: a file far from the working directory is an absolute URI', () => {
  const origin = { file: '/srv/a#b.yaml', line: 1 }
  const { runs } = sarif({ ...found, diagnostics: [{ ...mistake, origin }] }) as Sarif
  expect(runs[0]!.results[0]!.locations).toEqual([
    { physicalLocation: { artifactLocation: { uri: 'file:///srv/a%23b.yaml' }, region: { startLine: 1 } } },
  ])
})

/** The published schema, as a package carries it. Of draft 4 it uses nothing that later drafts read otherwise but its id. */
function sarifProblems(log: object): readonly unknown[] {
  const file = fileURLToPath(import.meta.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'))
  const { $schema, id, ...schema } = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>
  expect([$schema, id]).toEqual([expect.stringContaining('draft-04'), expect.stringContaining('sarif-2.1.0')])
  const validate = new Ajv({ allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false }).compile(
    schema,
  )
  validate(log)
  return validate.errors ?? []
}

test('SARIF: it is as the published schema says, and that one finds a mistake', () => {
  const odd = { ...mistake, origin: { file: '/srv/a#b.yaml' } }
  const log = sarif({ ...found, diagnostics: [...found.diagnostics, odd] }) as Sarif
  expect(sarifProblems(log)).toEqual([])
  expect(sarifProblems({ ...log, runs: [{ ...log.runs[0], results: [{ ruleId: 1 }] }] })).not.toEqual([])
})

test('code quality: a fingerprint stays when a finding moves to another line, and no two findings share one', () => {
  const moved = { ...mistake, origin: { ...mistake.origin!, line: 60 } }
  const fingerprints = (diagnostics: readonly Diagnostic[]) =>
    codeQuality({ ...found, diagnostics }).map((each) => (each as { fingerprint: string }).fingerprint)
  expect(fingerprints([moved])).toEqual(fingerprints([mistake]))
  expect(new Set(fingerprints([mistake, moved, warning, nowhere])).size).toBe(4)
  expect(codeQuality(found).slice(1)).toMatchObject([
    { check_name: 'EXPIRES_SOON', severity: 'minor', location: { path: 'access/a b.yaml', lines: { begin: 8 } } },
    { check_name: 'NO_ORGANIZATION', severity: 'major', location: { path: '.', lines: { begin: 1 } } },
  ])
})

test('annotations: a break of line, a colon and a comma of a manifest begin no command and no property', () => {
  const odd = { ...mistake, message: '50%\n::set-env name=x::y\r', origin: { file: 'a,line=9:b.yaml', line: 6 } }
  expect(annotations({ ...found, diagnostics: [odd, mistake, nowhere] }).split('\n')).toEqual([
    '::error file=a%2Cline=9%3Ab.yaml,line=6,title=UNKNOWN_ROLE::50%25%0A::set-env name=x::y%0D: did you mean "Developers"?',
    '::error file=access/a b.yaml,line=6,col=9,endColumn=13,title=UNKNOWN_ROLE::there is no role "Devs" & <more>: did you mean "Developers"?',
    '::error title=NO_ORGANIZATION::none is in sight',
  ])
})
