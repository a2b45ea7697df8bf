import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

describeInCluster('the control plane of the tests', () => {
  let plane: ControlPlane
  beforeAll(async () => void (plane = await startControlPlane()))
  afterAll(() => plane.close())

  const create = (name: string) => plane.call('POST', configMaps, { metadata: { name } })
  const uidOf = async (name: string) => {
    const { body } = await plane.call('GET', `${configMaps}/${name}`)
    return (body['metadata'] as { uid: string }).uid
  }

  test('kubectl and helm speak to it', async () => {
    expect(await plane.kubectl(['version'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Server Version'),
    })
    expect(await plane.helm(['list'])).toMatchObject({ code: 0 })
  })

  test('a user may do what a role lets them, and nothing else', async () => {
    const kubeconfig = await plane.userKubeconfig('ana', ['devs'])
    const list = () => plane.kubectl(['get', 'configmaps'], { kubeconfig })
    expect((await list()).stderr).toContain('User "ana" cannot list resource "configmaps"')
    await plane.kubectl(['create', 'role', 'reader', '--verb=list', '--resource=configmaps'])
    await plane.kubectl(['create', 'rolebinding', 'reader', '--role=reader', '--group=devs'])
    await expect.poll(async () => (await list()).code).toBe(0)
  })

  test('a service account has a token that ends with it', async () => {
    await plane.kubectl(['create', 'serviceaccount', 'robot'])
    const kubeconfig = plane.tokenKubeconfig(await plane.serviceAccountToken('default', 'robot'))
    const whoAmI = () => plane.kubectl(['auth', 'whoami'], { kubeconfig })
    expect((await whoAmI()).stdout).toContain('system:serviceaccount:default:robot')
    await plane.kubectl(['delete', 'serviceaccount', 'robot'])
    await expect.poll(async () => (await whoAmI()).stderr).toContain('Unauthorized')
  })

  test('its data outlives a crash and an orderly end', async () => {
    expect((await create('kept')).status).toBe(201)
    const uid = await uidOf('kept')
    await plane.kill()
    await plane.start()
    expect(await uidOf('kept')).toBe(uid)
    await plane.stop()
    await plane.start()
    expect(await uidOf('kept')).toBe(uid)
  })

  test('frozen it accepts and does not answer, thawed it goes on', async () => {
    plane.freeze()
    const answer = create('late')
    const silence = once(AbortSignal.timeout(500), 'abort').then(() => 'silence')
    const waited = await Promise.race([answer, silence])
    expect(waited).toBe('silence')
    plane.thaw()
    expect((await answer).status).toBe(201)
  })

  test('without a watch cache, a watch from before the compaction gets 410', async () => {
    await plane.stop()
    await plane.start(['--watch-cache=false'])
    const { body } = await plane.call('GET', configMaps)
    const { resourceVersion } = body['metadata'] as { resourceVersion: string }
    await create('one')
    await create('two')
    await plane.compact()
    const watch = () =>
      plane.call('GET', `${configMaps}?watch=1&timeoutSeconds=1&resourceVersion=${resourceVersion}`).catch(String)
    await expect.poll(watch, { timeout: 10_000 }).toMatchObject({ body: { type: 'ERROR', object: { code: 410 } } })
  })
})
