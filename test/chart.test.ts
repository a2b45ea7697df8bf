import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'

const chart = join(import.meta.dirname, '../charts/roster')
const read = (name: string): string => readFileSync(join(chart, name), 'utf8')

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: unknown
}

/** Values whose parts are Kubernetes' own stand as a whole. */
const whole = new Set(['resources', 'podSecurityContext', 'securityContext', 'nodeSelector'])

function leaves(value: unknown, path: readonly string[] = []): readonly (readonly [string, unknown])[] {
  const name = path.join('.')
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  if (!isGroup || whole.has(name)) return [[name, value]]
  return Object.entries(value).flatMap(([key, each]) => leaves(each, [...path, key]))
}

test('the README of the chart lists each value with its default', () => {
  const rows = [...read('README.md').matchAll(/^\| `([^`]+)` \| `([^`]*)` \|/gm)]
  const listed = rows.map(([, name, value]) => [name, JSON.parse(value!) as unknown])
  expect(listed).toEqual(leaves(parse(read('values.yaml'))))
})

test('the schema knows each value, and no other', () => {
  const schema = JSON.parse(read('values.schema.json')) as Schema
  const missing = leaves(parse(read('values.yaml'))).filter(([name]) => {
    const [first, ...rest] = name.split('.')
    return !rest.reduce<Schema | undefined>((at, key) => at?.properties?.[key], schema.properties?.[first!])
  })
  expect(missing).toEqual([])
  expect(schema.additionalProperties).toBe(false)
})

test('the chart is of the version of the program', () => {
  const { version } = JSON.parse(readFileSync(join(chart, '../../package.json'), 'utf8')) as { version: string }
  expect((parse(read('Chart.yaml')) as { appVersion: string }).appVersion).toBe(version)
})
