import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chart } from './chart.builder.ts'
import { describeInCluster, startControlPlane, type ControlPlane, type Ran } from './control-plane.builder.ts'
import { allowedTo, matrix, rightsInDocumentation } from './rights.builder.ts'

const account = { namespace: 'atlassian', name: 'roster' }
const crds = ['get', 'crd', '-o', 'name', '-l', 'app.kubernetes.io/name=roster']

describeInCluster('the chart on an API server', () => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startControlPlane()
  })
  afterAll(() => plane.close())

  const helm = (verb: string, ...more: readonly string[]): Promise<Ran> =>
    plane.helm([verb, 'roster', ...(verb === 'uninstall' ? [] : [chart]), '-n', account.namespace, ...more])
  const install = (...sets: readonly string[]) =>
    helm('upgrade', '--install', '--create-namespace', ...sets.flatMap((set) => ['--set-json', set]))
  const namesOf = async (argv: readonly string[]) => (await plane.kubectl(argv)).stdout.trim().split('\n').toSorted()

  test('a typing error in a value is refused before anything is installed', async () => {
    const { code, stderr } = await install('replicaCount=3')
    expect({ code, names: stderr.includes('replicaCount') }).toEqual({ code: 1, names: true })
    expect((await plane.kubectl(['get', 'namespace', account.namespace])).code).toBe(1)
  })

  test('it is installed, with the definitions, and says what comes next', async () => {
    const { code, stdout, stderr } = await install()
    expect({ code, stderr, next: stdout.includes('kubectl get roster --all-namespaces') }).toEqual({
      code: 0,
      stderr: '',
      next: true,
    })
    expect(await namesOf(crds)).toHaveLength(6)
    const wait = ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']
    expect((await plane.kubectl(wait)).code).toBe(0)
  })

  describe('what the account of the controller may do', () => {
    const release = account.namespace
    const found = (asked: readonly string[]) => allowedTo(plane, account, matrix(asked))

    test('is what the documentation says, and nothing else', async () => {
      const asked = [release, 'default']
      const wanted = rightsInDocumentation({ release, organizations: [release], watched: 'all', asked })
      expect(await found(asked)).toEqual(wanted)
    })

    test('is the same for kubectl auth can-i', async () => {
      const ask = async (...what: readonly string[]) =>
        (await plane.kubectl(['auth', 'can-i', ...what, '--as=system:serviceaccount:atlassian:roster'])).stdout.trim()
      expect(await ask('get', 'secrets', '-n', 'atlassian')).toBe('yes')
      expect(await ask('list', 'secrets', '-n', 'atlassian')).toBe('no')
      expect(await ask('get', 'secrets', '-n', 'default')).toBe('no')
    })

    test('ends at the namespaces that are named', async () => {
      expect(await install('watchNamespaces=["default"]')).toMatchObject({ code: 0 })
      const asked = [release, 'default', 'kube-system']
      const watched = [release, 'default']
      expect(await found(asked)).toEqual(rightsInDocumentation({ release, organizations: [release], watched, asked }))
    })

    test('reaches no Secret beside the release where organizations are elsewhere', async () => {
      expect(await install('organizationNamespaces=["default"]')).toMatchObject({ code: 0 })
      const asked = [release, 'default']
      expect(await found(asked)).toEqual(
        rightsInDocumentation({ release, organizations: ['default'], watched: 'all', asked }),
      )
    })
  })

  test('an upgrade brings the definitions up to date', async () => {
    const older = mkdtempSync(join(tmpdir(), 'roster-chart-'))
    cpSync(chart, older, { recursive: true })
    const file = join(older, 'crds-templated/atlassiangroups.roster.dev.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('- atgroup\n', '- oldgroup\n'))
    expect(await plane.helm(['upgrade', 'roster', older, '-n', account.namespace])).toMatchObject({ code: 0 })
    rmSync(older, { recursive: true })
    const shortName = async () =>
      (
        await plane.kubectl([
          ...crds.slice(0, 2),
          'atlassiangroups.roster.dev',
          '-o',
          'jsonpath={.spec.names.shortNames}',
        ])
      ).stdout
    expect(await shortName()).toBe('["oldgroup"]')
    expect(await install()).toMatchObject({ code: 0, stderr: '' })
    expect(await shortName()).toBe('["atgroup"]')
  })

  test('an uninstall leaves the definitions and every object, and takes the rights along', async () => {
    const object = {
      apiVersion: 'roster.dev/v1alpha1',
      kind: 'AtlassianGroup',
      metadata: { name: 'devs', namespace: 'default' },
      spec: { name: 'devs' },
    }
    await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) })
    expect(await helm('uninstall')).toMatchObject({ code: 0 })
    expect(await namesOf(['get', 'roster', '-A', '-o', 'name'])).toEqual(['atlassiangroup.roster.dev/devs'])
    const left = ['get', 'sa,deploy,role,rolebinding,clusterrole,clusterrolebinding', '-A', '-o', 'name']
    expect(await namesOf([...left, '-l', 'app.kubernetes.io/name=roster'])).toEqual([''])
  })

  test('after that it is installed again over the definitions that were left', async () => {
    expect(await install()).toMatchObject({ code: 0 })
    expect(await namesOf(crds)).toHaveLength(6)
  })
  test('without crds.keep an uninstall takes the definitions along', async () => {
    expect(await install('crds.keep=false')).toMatchObject({ code: 0 })
    expect(await helm('uninstall')).toMatchObject({ code: 0 })
    await expect.poll(() => namesOf(crds)).toEqual([''])
  })
})
