import { parseSync, Visitor } from 'oxc-parser'
import type { Argument, CallExpression, ObjectExpression } from 'oxc-parser'

/** Keys of the objects that constants are, by name; of several of a name the last one above counts. */
type Tables = Map<string, readonly string[]>

/**
 * The names that vitest gives the tests of one file: `describe > test`, with `%s` filled in where the rows are literals
 * or the keys of an object of the file, else left as it is. Found by reading, since running every test for it is slow.
 */
export function testNames(file: string, text: string): readonly string[] {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]!.message}`)
  const tables: Tables = new Map()
  const names: string[] = []
  let groups: readonly (readonly string[])[] = []
  new Visitor({
    VariableDeclarator({ id, init }) {
      if (id.type === 'Identifier' && init?.type === 'ObjectExpression') tables.set(id.name, keysOf(init))
    },
    // for (const [sentence, row] of Object.entries(table)) test(sentence, …
    ForOfStatement({ left, right }) {
      const pattern = left.type === 'VariableDeclaration' ? left.declarations[0]?.id : undefined
      const key = pattern?.type === 'ArrayPattern' ? pattern.elements[0] : undefined
      if (key?.type === 'Identifier') tables.set(key.name, rowsOf(right, tables))
    },
    CallExpression(call) {
      const titles = titlesOf(call, tables)
      if (titles?.of === 'describe') groups = [...groups, titles.names]
      if (titles?.of === 'test') names.push(...[...groups, titles.names].reduce(pathsOf))
    },
    'CallExpression:exit'(call) {
      if (titlesOf(call, tables)?.of === 'describe') groups = groups.slice(0, -1)
    },
  }).visit(program)
  return names
}

function keysOf({ properties }: ObjectExpression): readonly string[] {
  return properties.flatMap((each) => {
    if (each.type !== 'Property') return []
    if (each.key.type === 'Literal') return [String(each.key.value)]
    return each.key.type === 'Identifier' ? [each.key.name] : []
  })
}

const pathsOf = (outer: readonly string[], inner: readonly string[]): readonly string[] =>
  outer.flatMap((group) => inner.map((name) => `${group} > ${name}`))

/** `test('a')`, `describe('a')`, `test.each(rows)('a %s')`; undefined for every other call. */
function titlesOf({ callee, arguments: [title] }: CallExpression, tables: Tables) {
  if (title?.type === 'Identifier' && callee.type === 'Identifier') {
    return titled(callee.name, '%s', tables.get(title.name) ?? [])
  }
  if (title?.type !== 'Literal' || typeof title.value !== 'string') return undefined
  if (callee.type === 'Identifier') return titled(callee.name, title.value, [])
  return callee.type === 'CallExpression' ? titledEach(callee, title.value, tables) : undefined
}

function titledEach({ callee, arguments: [rows] }: CallExpression, title: string, tables: Tables) {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return undefined
  if (callee.property.type !== 'Identifier' || callee.property.name !== 'each') return undefined
  return titled(callee.object.name, title, rows === undefined ? [] : rowsOf(rows, tables))
}

function titled(of: string, title: string, rows: readonly string[]) {
  if (of !== 'test' && of !== 'describe') return undefined
  return { of, names: rows.length === 0 ? [title] : rows.map((row) => title.replace(/%[si]/, () => row)) } as const
}

/** `Object.entries(table)`, or a list of texts. */
function rowsOf(rows: Argument, tables: Tables): readonly string[] {
  if (rows.type === 'TSAsExpression') return rowsOf(rows.expression, tables)
  if (rows.type === 'CallExpression') {
    const [table] = rows.arguments
    return table?.type === 'Identifier' ? (tables.get(table.name) ?? []) : []
  }
  if (rows.type !== 'ArrayExpression') return []
  return rows.elements.flatMap((each) => (each?.type === 'Literal' ? [String(each.value)] : []))
}
