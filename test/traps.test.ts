import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testNames } from './test-names.builder.ts'

const docs = join(import.meta.dirname, '../docs')

interface Row {
  readonly number: string
  readonly sandbox: string
  readonly roster: string
}

/** Rows of the table below the heading. */
function rowsOf(page: string, heading: string): readonly Row[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^\| (\d+) \| [^|]+ \| ([^|]*) \| ([^|]*) \|$/gm)].map(
    ([, number = '', sandbox = '', roster = '']) => ({ number, sandbox, roster }),
  )
}

interface Named {
  readonly file: string
  readonly name: string
}

/** `[jira](../src/sandbox/jira.test.ts) name of the test`, one or more of them. */
const testsIn = (cell: string): readonly Named[] =>
  cell.split('<br>').flatMap((each) => {
    const [, path, name] = /^\[[^\]]+\]\(([^)]+)\) (.+)$/.exec(each) ?? []
    return path === undefined || name === undefined ? [] : [{ file: join(docs, path), name }]
  })

const sentences = /^— \S.{9,}$/

/** What is wrong with the cell; undefined where it names tests, all of them there, or says why there are none. */
function mistakeOf(cell: string, isSide: (file: string) => boolean): string | undefined {
  if (cell.startsWith('—')) return sentences.test(cell) ? undefined : 'a dash without a reason'
  const named = testsIn(cell)
  if (named.length !== cell.split('<br>').length) return `not a list of tests: ${cell}`
  const lost = named.find(({ file, name }) => !existsSync(file) || !namesIn(file).includes(name))
  if (lost) return `no such test: ${lost.file} ${lost.name}`
  return named.every(({ file }) => isSide(file)) ? undefined : `a test of the other side: ${cell}`
}

const read = new Map<string, readonly string[]>()

function namesIn(file: string): readonly string[] {
  const names = read.get(file) ?? testNames(file, readFileSync(file, 'utf8'))
  read.set(file, names)
  return names
}

const isSandbox = (file: string): boolean => file.includes('/src/sandbox/')

function mistakesOf(rows: readonly Row[]): readonly string[] {
  return rows.flatMap(({ number, sandbox, roster }) => [
    ...[mistakeOf(sandbox, isSandbox)].flatMap((each) => (each === undefined ? [] : [`${number}, sandbox: ${each}`])),
    ...[mistakeOf(roster, (file) => !isSandbox(file))].flatMap((each) =>
      each === undefined ? [] : [`${number}, Roster: ${each}`],
    ),
  ])
}

const page = readFileSync(join(docs, 'traps.md'), 'utf8')
const numbered = (last: number): readonly string[] => Array.from({ length: last }, (_, index) => String(index + 1))

test.each([
  ['Facts', 25],
  ['Traps', 46],
] as const)('%s: each of the %i is there, with tests that exist or a reason', (heading, last) => {
  const rows = rowsOf(page, heading)
  expect(rows.map(({ number }) => number)).toEqual(numbered(last))
  expect(mistakesOf(rows)).toEqual([])
})

const own = '[traps](../test/traps.test.ts) a row with %s is found out'
const there = own.replace('%s', 'a test that is not there')
const reason = '— a matter of clients'

const spoiled: Readonly<Record<string, readonly [sandbox: string, roster: string, says: RegExp]>> = {
  'a test that is not there': [reason, own.replace('%s', 'a test that nobody wrote'), /^1, Roster: no such test/],
  'a file that is not there': [reason, own.replace('test/traps', 'test/straps'), /^1, Roster: no such test/],
  'a dash alone': ['—', there, /^1, sandbox: a dash without a reason/],
  'an empty cell': ['', there, /^1, sandbox: not a list of tests/],
  'a sentence instead of a test': [reason, 'shown by many tests', /^1, Roster: not a list of tests/],
  'a test of the other side': [there, reason, /^1, sandbox: a test of the other side/],
}

test.each(Object.entries(spoiled))('a row with %s is found out', (_, [sandbox, roster, says]) => {
  const rows = rowsOf(`## Facts\n\n| 1 | what | ${sandbox} | ${roster} |\n`, 'Facts')
  expect(mistakesOf(rows)).toEqual([expect.stringMatching(says)])
  expect(mistakesOf([{ number: '1', sandbox: reason, roster: there }])).toEqual([])
})
