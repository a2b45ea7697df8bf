import { expect, test } from 'vitest'
import type { Diagnostic } from '../core/diagnostic.ts'
import { renderDiagnostic, renderDiagnostics } from './code-frame.ts'
import { createPaint } from './terminal-text.ts'

const paint = createPaint(false)
const text = ['spec:', '  site: acme', '  projects: [PAY]', '  role: Developerz', '  more: 1'].join('\n')
const base: Diagnostic = { code: 'UNKNOWN_ROLE', severity: 'error', message: 'there is no role "Developerz"' }

const frames: Readonly<
  Record<string, { readonly diagnostic: Diagnostic; readonly text?: string; readonly lines: readonly string[] }>
> = {
  'the place, the lines before it, a caret under the value, and the way out': {
    diagnostic: {
      ...base,
      origin: { file: 'a.yaml', line: 4, column: 9, endColumn: 19 },
      hint: 'did you mean "Developers"?',
    },
    text,
    lines: [
      'a.yaml:4:9 error[UNKNOWN_ROLE]: there is no role "Developerz"',
      '  2 |   site: acme',
      '  3 |   projects: [PAY]',
      '> 4 |   role: Developerz',
      '    |         ^^^^^^^^^^ did you mean "Developers"?',
    ],
  },
  'in the first line there is nothing before it': {
    diagnostic: { ...base, origin: { file: 'a.yaml', line: 1, column: 1 } },
    text,
    lines: ['a.yaml:1:1 error[UNKNOWN_ROLE]: there is no role "Developerz"', '> 1 | spec:', '    | ^'],
  },
  'without the text the hint stands alone': {
    diagnostic: { ...base, origin: { file: 'a.yaml', line: 4 }, hint: 'look again' },
    lines: ['a.yaml:4 error[UNKNOWN_ROLE]: there is no role "Developerz"', '    look again'],
  },
  'a tab is shown as an arrow, so that the caret stays in its column': {
    diagnostic: { ...base, origin: { file: 'a.yaml', line: 1, column: 2 } },
    text: '\tkey: 1',
    lines: ['a.yaml:1:2 error[UNKNOWN_ROLE]: there is no role "Developerz"', '> 1 | →key: 1', '    |  ^'],
  },
  'a line of a thousand characters is cut around the place': {
    diagnostic: { ...base, origin: { file: 'a.yaml', line: 1, column: 501, endColumn: 504 } },
    text: `${'x'.repeat(500)}BAD${'y'.repeat(500)}`,
    lines: [
      'a.yaml:1:501 error[UNKNOWN_ROLE]: there is no role "Developerz"',
      `> 1 | ${'x'.repeat(79)}BAD${'y'.repeat(78)}`,
      `    | ${' '.repeat(79)}^^^`,
    ],
  },
  'a message cannot move the cursor': {
    diagnostic: { ...base, message: 'no \u001b[2Jrole' },
    lines: ['error[UNKNOWN_ROLE]: no \\u001b[2Jrole'],
  },
}

for (const [name, { diagnostic, text: source, lines }] of Object.entries(frames)) {
  test(name, () => expect(renderDiagnostic(diagnostic, source, paint).split('\n')).toEqual(lines))
}

test('errors stand below warnings, nearest to the prompt', () => {
  const warning: Diagnostic = { code: 'EXPIRED', severity: 'warning', message: 'w' }
  expect(renderDiagnostics([base, warning], new Map(), paint)).toMatch(/^warning.*\n\nerror/)
})

test('a failed read is one complaint, however many lines rest on it', () => {
  const unread = (line: number): Diagnostic => ({
    code: 'IDENTITIES_UNREAD',
    severity: 'error',
    message: `accounts were not read: user ${line}`,
    origin: { file: 'a.yaml', line },
  })
  expect(renderDiagnostics([unread(1), unread(2), unread(3)], new Map(), paint).split('\n')).toEqual([
    'error[IDENTITIES_UNREAD]: accounts were not read: user 1',
    '    so a.yaml:1 and 2 other places could not be understood',
  ])
})
