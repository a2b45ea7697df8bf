import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { systemClock } from '../src/clock.ts'
import { createMetrics } from '../src/report/metrics.ts'

const chart = join(import.meta.dirname, '../charts/roster')
const read = (name: string): string => readFileSync(join(chart, name), 'utf8')

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: unknown
}

/** Values whose parts are Kubernetes' own stand as a whole. */
const whole = new Set(['resources', 'podSecurityContext', 'securityContext', 'nodeSelector', 'dashboard.labels'])

function leaves(value: unknown, path: readonly string[] = []): readonly (readonly [string, unknown])[] {
  const name = path.join('.')
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
  if (!isGroup || whole.has(name)) return [[name, value]]
  return Object.entries(value).flatMap(([key, each]) => leaves(each, [...path, key]))
}

/** What the comment right above each key says, by the path of the key. */
function comments(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let [path, comment]: [readonly string[], readonly string[]] = [[], []]
  for (const line of text.split('\n')) {
    const [, indent = '', hash, key] = /^( *)(?:# (.*)|([\w-]+):.*)$/.exec(line) ?? []
    if (hash !== undefined) comment = [...comment, hash]
    else if (key !== undefined) {
      path = [...path.slice(0, indent.length / 2), key]
      found.set(path.join('.'), comment.join(' '))
    }
    if (hash === undefined) comment = []
  }
  return found
}

test('the README of the chart lists each value with its default and its comment', () => {
  const rows = [...read('README.md').matchAll(/^\| `([^`]+)` \| `([^`]*)` \| (.*?) ?\|$/gm)]
  const listed = rows.map(([, name, value, words]) => [name, JSON.parse(value!) as unknown, words])
  const said = comments(read('values.yaml'))
  expect(listed).toEqual(leaves(parse(read('values.yaml'))).map(([name, value]) => [name, value, said.get(name)]))
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

/** Names of families, and what a histogram makes of one. */
async function measured(): Promise<ReadonlySet<string>> {
  const text = await createMetrics({ clock: systemClock, version: '0', process: true }).render()
  const families = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  return new Set(
    families.flatMap(([, name, type]) =>
      (type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map((end) => name! + end),
    ),
  )
}

test('alerts and dashboard ask for metrics that there are, and rates of counters only', async () => {
  const dashboard = JSON.parse(read('files/dashboard.json')) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[]
  }
  const alerts = parse(read('files/alerts.yaml')) as readonly { readonly expr: string }[]
  const asked = [...dashboard.panels.flatMap(({ targets }) => targets), ...alerts].map(({ expr }) => expr)
  expect(asked.length).toBeGreaterThan(15)
  const there = await measured()
  const names = asked.flatMap((expr) => expr.match(/\b[a-z]+(?:_[a-z]+)+(?=[{[)]|$| )/g) ?? [])
  const functions = ['histogram_quantile']
  expect(names.filter((name) => !there.has(name) && !functions.includes(name))).toEqual([])
  const rated = asked.flatMap((expr) => [...expr.matchAll(/(?:rate|increase)\((\w+)/g)].map(([, name]) => name!))
  expect(rated.filter((name) => !/_(total|bucket)$/.test(name))).toEqual([])
})
