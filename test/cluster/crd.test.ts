import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { corpus } from '../../src/generate/corpus.builder.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'

const root = join(import.meta.dirname, '../..')
const plural = (kind: string): string => `${kind.toLowerCase()}s`
const pathOf = (kind: string): string => `/apis/roster.dev/v1alpha1/namespaces/default/${plural(kind)}`
const objectOf = (kind: string, spec: object, name = 'sample') => ({
  apiVersion: 'roster.dev/v1alpha1',
  kind,
  metadata: { name },
  spec,
})

const samples = Object.entries(corpus).flatMap(([kind, all]) =>
  Object.entries(all).map(([title, sample]) => ({ kind, title, ...sample })),
)

describeInCluster('the definitions, on the API server', () => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startControlPlane()
    await must('apply', '--server-side', '-f', join(root, 'crds'))
    await must('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s')
  })
  afterAll(() => plane.close())

  const must = async (...argv: readonly string[]): Promise<void> => {
    const { code, stderr } = await plane.kubectl(argv)
    if (code !== 0) throw new Error(`kubectl ${argv.join(' ')}: ${stderr}`)
  }
  const create = (kind: string, spec: object, query: string) =>
    plane.call('POST', `${pathOf(kind)}?${query}`, objectOf(kind, spec))

  test.each(samples)('$kind: $title is $verdict', async ({ kind, spec, verdict }) => {
    const { status, body } = await create(kind, spec, 'dryRun=All&fieldValidation=Ignore')
    expect({ status, message: status === 201 ? '' : body['message'] }).toMatchObject({
      status: verdict === 'good' ? 201 : 422,
    })
  })

  test('they are installed without a warning', async () => {
    const again = await plane.kubectl(['apply', '--server-side', '--warnings-as-errors', '-f', join(root, 'crds')])
    expect(again).toMatchObject({ code: 0, stderr: '' })
  })

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

  test('kubectl lists all kinds by their category, with columns', async () => {
    const { stdout } = await plane.kubectl(['get', 'roster', '-o', 'wide'])
    expect(stdout).toMatch(/NAME +GROUP +DELETION +READY +STATUS +AGE/)
    expect(stdout).toMatch(/sample +devs +Retain/)
  })

  test('kubectl asks the server for the objects of one group', async () => {
    const named = async (name: string) =>
      (await plane.kubectl(['get', 'atgroup', '-o', 'name', `--field-selector=spec.name=${name}`])).stdout.trim()
    expect(await named('devs')).toBe('atlassiangroup.roster.dev/sample')
    expect(await named('others')).toBe('')
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
