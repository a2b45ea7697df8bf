import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apis } from './apis.ts'
import { samples } from './contract-samples.builder.ts'
import { documentNames, findDocuments } from './contract-document.builder.ts'
import { loadSpec } from './contract-spec.builder.ts'
import { exampleWorld } from './example-world.builder.ts'
import { createRouter } from './router.ts'
import { call, valueAt } from './sandbox-client.builder.ts'
import { startSandbox, type Sandbox } from './start-sandbox.ts'

// the one setting of the tests: where Atlassian's OpenAPI files lie
// oxlint-disable-next-line node/no-process-env
const spec = loadSpec(findDocuments(process.env['ROSTER_SPECS']))

const described = apis.filter(({ api }) => documentNames[api] !== undefined)
const routes = described.flatMap(({ api, routes: own }) => own.map((route) => ({ api, ...route })))

describe("the sandbox answers as Atlassian's own description says", () => {
  let sandbox: Sandbox
  let taskId = ''
  beforeAll(async () => {
    sandbox = await startSandbox({ world: exampleWorld() })
  })
  afterAll(() => sandbox.close())

  test.each(routes)(
    'the description has $method $path under the name $operation',
    ({ api, method, path, operation }) => {
      expect(spec.find(api, method, path)?.operation).toBe(operation)
    },
  )

  test.each(samples)('$method $path answers $status in the described form', async (sample) => {
    const { api, method, path, body, status } = sample
    const reply = await call(sandbox, `${method} ${path.replace('{task}', taskId)}`, body)
    const named = valueAt(reply.body, 'taskId')
    if (typeof named === 'string') taskId = named
    const operation = spec.find(api, method, routeOf(method, path)?.path ?? '')
    const asked = body === undefined || status >= 300 ? [] : operation?.checkBody(body)
    const answered = operation?.checkAnswer(status, reply.body)
    expect({ status: reply.status, asked, answered }).toEqual({ status, asked: [], answered: [] })
  })
})

test('every operation of the described APIs has a sample', () => {
  const sampled = new Set(samples.map(({ method, path }) => routeOf(method, path)))
  const missing = described.flatMap(({ routes: own }) => own.filter((route) => !sampled.has(route)))
  expect(missing.map(({ operation }) => operation)).toEqual([])
})

function routeOf(method: string, path: string) {
  const pathname = (path.split('?')[0] ?? '').replace(/^\/admin(?!\/control)/, '')
  for (const { routes: own } of described) {
    const match = createRouter(own)(method, pathname)
    if (match) return match.route
  }
  return undefined
}
