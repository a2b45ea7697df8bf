import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { corpus, type Sample } from '../../src/generate/corpus.builder.ts'
import { misfits } from '../../src/generate/misfits.builder.ts'
import { kinds } from '../../src/kinds/index.ts'
import {
  describeInCluster,
  startControlPlane,
  type Answer,
  type ControlPlane,
  type Ran,
} from './control-plane.builder.ts'

const root = join(import.meta.dirname, '../..')
const plural = (kind: string): string => `${kind.toLowerCase()}s`
const pathOf = (kind: string): string => `/apis/roster.dev/v1alpha1/namespaces/default/${plural(kind)}`
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const objectOf = (kind: string, spec: object, name = 'sample') => ({
  apiVersion: 'roster.dev/v1alpha1',
  kind,
  metadata: { name },
  spec,
})

interface KindSample extends Sample {
  readonly kind: string
  readonly title: string
}

const samples: readonly KindSample[] = Object.entries(corpus).flatMap(([kind, all]) =>
  Object.entries(all).map(([title, sample]) => ({ kind, title, ...sample })),
)

interface Cause {
  readonly reason: string
  readonly message: string
}

/** What the server said of the spec; both sides word a repeated key in their own way. */
const serverWords = ({ body }: Answer): readonly string[] =>
  ((body['details'] as { readonly causes?: readonly Cause[] } | undefined)?.causes ?? []).map(({ reason, message }) =>
    reason === 'FieldValueDuplicate' ? 'is here twice' : message.replace('Invalid value: ', ''),
  )

const commandLineWords = (kind: string, spec: object): readonly string[] =>
  misfits(kinds.get(kind)!, pruned(kind, spec)).map(({ message }) => message.replace(/^".*" (?=is here twice)/, ''))

/** Without the fields that there are not: the server drops them before it judges. */
function pruned(kind: string, spec: object): object {
  const copy = structuredClone(spec)
  for (const { atKey, path = [] } of misfits(kinds.get(kind)!, spec)) {
    if (atKey !== true) continue
    let parent = { spec: copy } as Record<string | number, unknown>
    for (const step of path.slice(0, -1)) parent = parent[step] as typeof parent
    delete parent[path.at(-1)!]
  }
  return copy
}

describeInCluster('the definitions, on the API server', () => {
  let plane: ControlPlane
  let installed: Ran
  beforeAll(async () => {
    plane = await startControlPlane()
    installed = await apply(['-f', join(root, 'crds')])
    const { code, stderr } = await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all'])
    if (code !== 0) throw new Error(`the definitions are not established: ${stderr}`)
  })
  afterAll(() => plane.close())

  const apply = (argv: readonly string[], input?: string): Promise<Ran> =>
    plane.kubectl(['apply', '--server-side', '--warnings-as-errors', ...argv], {
      ...(input !== undefined && { input }),
    })
  const create = (kind: string, spec: object, query: string) =>
    plane.call('POST', `${pathOf(kind)}?${query}`, objectOf(kind, spec))

  test('they are installed without a warning, the first time and again', async () => {
    expect(installed).toMatchObject({ code: 0, stderr: '' })
    expect(await apply(['-f', join(root, 'crds')])).toMatchObject({ code: 0, stderr: '' })
  })

  test('the server would warn, and kubectl would tell', async () => {
    const text = readFileSync(join(root, 'crds/atlassianusers.roster.dev.yaml'), 'utf8')
    const odd = text.replaceAll('type: date', 'type: string').replace(/( +)maxLength: \d+\n/, '$&$1format: colour\n')
    const { code, stderr } = await apply(['--dry-run=server', '-f', '-'], odd)
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('unrecognized format "colour"') })
  })

  test('a rule without a limit on what it goes over is too dear for the server', async () => {
    const text = readFileSync(join(root, 'crds/jirarolebindings.roster.dev.yaml'), 'utf8')
    const inGroup = (limits: RegExp) => {
      const other = text.replaceAll('roster.dev', 'test.dev').replace(limits, '')
      return plane.call('POST', `${definitions}?dryRun=All`, parse(other) as object)
    }
    expect(await inGroup(/$^/)).toMatchObject({ status: 201 })
    const boundless = await inGroup(/ +max(Items|Length): \d+\n/g)
    expect({ status: boundless.status, message: boundless.body['message'] }).toEqual({
      status: 422,
      message: expect.stringMatching(/estimated rule cost exceeds budget by factor of/),
    })
  })

  test.each(samples)('$kind: $title is $verdict', async ({ kind, spec, verdict }) => {
    const { status, body } = await create(kind, spec, 'dryRun=All&fieldValidation=Ignore')
    expect({ status, message: status === 201 ? '' : body['message'] }).toMatchObject({
      status: verdict === 'good' ? 201 : 422,
    })
  })

  test.each(samples.filter(({ verdict }) => verdict === 'against a rule'))(
    '$kind: $title is refused in the words of the command line',
    async ({ kind, spec }) => {
      const words = serverWords(await create(kind, spec, 'dryRun=All&fieldValidation=Ignore'))
      expect(words).not.toEqual([])
      expect(words).toEqual(commandLineWords(kind, spec))
    },
  )

  test('every manifest of the example company is taken, strictly', async () => {
    const files = ['-R', '-f', join(root, 'examples/acme/access')]
    const taken = await plane.kubectl(['apply', '--server-side', '--dry-run=server', '--validate=strict', ...files])
    expect({ code: taken.code, stderr: taken.stderr }).toEqual({ code: 0, stderr: '' })
    expect(taken.stdout.trim().split('\n').length).toBeGreaterThan(100)
  })

  test('a slip in the name of a field is refused where it is asked strictly, and dropped where it is not', async () => {
    const spec = { name: 'devs', deletionPolcy: 'Delete' }
    const strict = await create('AtlassianGroup', spec, 'dryRun=All&fieldValidation=Strict')
    expect({ status: strict.status, message: strict.body['message'] }).toEqual({
      status: 400,
      message: expect.stringContaining('unknown field "spec.deletionPolcy"'),
    })
    const lax = await create('AtlassianGroup', spec, 'dryRun=All&fieldValidation=Ignore')
    expect(lax.body['spec']).toEqual({ name: 'devs', deletionPolicy: 'Retain', managedBy: 'Organization' })
  })

  test('an object is not healthy before somebody has looked at it', async () => {
    const { body } = await create('AtlassianGroup', { name: 'devs' }, 'fieldManager=test')
    expect(body['status']).toEqual({ observedGeneration: -1 })
    const wait = ['wait', '--for=condition=Ready', 'atlassiangroup/sample', '--timeout=1s']
    expect((await plane.kubectl(wait)).code).toBe(1)
  })

  test('a status is written by its own way, and the spec is not', async () => {
    const body = objectOf('AtlassianGroup', { name: 'changed' })
    const status = { observedGeneration: 1, conditions: [] }
    const query = 'fieldManager=roster&force=true'
    const path = `${pathOf('AtlassianGroup')}/sample/status?${query}`
    const { body: after } = await plane.call('PATCH', path, { ...body, status }, 'application/apply-patch+yaml')
    expect(after).toMatchObject({ spec: { name: 'devs' }, status: { observedGeneration: 1 } })
  })
})
