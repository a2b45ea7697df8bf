import { KubeConfig } from '@kubernetes/client-node'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configMapType, type KubeObject, type ResourceType } from '../../src/kubernetes/kube-object.ts'
import { createAuthority, type Certified } from './authority.builder.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { startFaultProxy } from './fault-proxy.builder.ts'
import { createRobot, openClient, type OpenClient } from './kube-client.builder.ts'
import { pass } from './outage.builder.ts'
import { createMover, startWitness, tellTime } from './witness.builder.ts'

const reviewType: ResourceType = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
}

describeInCluster('when the API server', () => {
  let plane: ControlPlane
  const folder = mkdtempSync(join(tmpdir(), 'roster-faults-'))
  const ended = new AbortController()
  const closing: (() => Promise<void>)[] = []
  beforeAll(async () => void (plane = await startControlPlane(['--watch-cache=false'])))
  afterAll(async () => {
    ended.abort()
    for (const close of closing) await close()
    await plane.close()
    rmSync(folder, { recursive: true })
  })

  const opened = (from: string | KubeConfig): OpenClient => {
    const open = openClient(from)
    closing.push(open.access.close)
    return open
  }
  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  /** Of a witness over what is changed by a mover, with two objects that it knows. */
  async function scene(label: string, open: OpenClient) {
    const mover = createMover(plane, label)
    for (const name of ['changed', 'removed']) await mover.add(`${label}-${name}`)
    const witness = startWitness(open, label, ended.signal)
    await witness.whenSynced
    const move = async () => {
      await mover.set(`${label}-changed`, 2)
      await mover.remove(`${label}-removed`)
      await mover.add(`${label}-added`)
    }
    const expected = [
      `Added ${label}-changed 1`,
      `Added ${label}-removed 1`,
      `Updated ${label}-changed 2`,
      `Deleted ${label}-removed 1`,
      `Added ${label}-added 1`,
    ].toSorted()
    const caughtUp = async (what: string, timeout: number, startMs = performance.now()) => {
      await expect.poll(() => witness.told.toSorted(), { timeout, interval: 10 }).toEqual(expected)
      const tookMs = tellTime(`${what}: caught up after`, performance.now() - startMs)
      expect(witness.counts().missed).toBe(0)
      return tookMs
    }
    return { witness, move, caughtUp }
  }

  test('is killed and started again on the same data, a watch goes on where it was', async () => {
    const { witness, move, caughtUp } = await scene('restarted', opened(plane.kubeconfig))
    const startMs = performance.now()
    await plane.kill()
    await plane.start()
    await move()
    await caughtUp('API server killed, and started on the same data', 10_000, startMs)
    expect(witness.counts().lists).toBe(1)
  })

  test('is down for a minute, a watch is there again seconds after it', { timeout: 120_000 }, async () => {
    const { witness, move, caughtUp } = await scene('down', opened(plane.kubeconfig))
    await plane.kill()
    await pass(60_000)
    const startMs = performance.now()
    await plane.start()
    await move()
    await caughtUp('API server down for 60 s, then started', 20_000, startMs)
    expect(witness.counts().lists).toBe(1)
    expect(witness.faults).toContain('ECONNREFUSED')
    // one try in four seconds, and a little more at first
    expect(witness.faults.length).toBeLessThan(30)
  })

  test('hangs for a while, a watch and a call that waited go on', async () => {
    const open = opened(plane.kubeconfig)
    const { witness, move, caughtUp } = await scene('hung', open)
    const startMs = performance.now()
    plane.freeze()
    const read = open.client.list(configMapType, { namespace: 'default' })
    const moved = move()
    await pass(3_000)
    plane.thaw()
    await Promise.all([read, moved])
    await caughtUp('API server hung for 3 s', 10_000, startMs)
    expect(witness.counts()).toMatchObject({ lists: 1, watches: 1, faults: 0 })
  })

  test('has compacted its history away, a watch from before lists again', async () => {
    const proxy = await startFaultProxy(plane.url, plane.authority)
    closing.push(proxy.close)
    const token = await createRobot(plane, 'watcher')
    const { witness, move, caughtUp } = await scene('compacted', opened(plane.tokenKubeconfig(token, proxy.url)))
    proxy.fault(({ verb }) => (verb === 'WATCH' ? { does: 'answer', status: 503 } : undefined))
    proxy.reset()
    await expect.poll(() => witness.faults, { timeout: 10_000 }).toContain(503)
    await move()
    await plane.compact()
    proxy.fault()
    await caughtUp('history compacted away', 20_000)
    expect(witness.counts().lists).toBe(2)
    expect(witness.faults).toContain(410)
  })

  test('no longer takes the token, the next one in the file is used at once', { timeout: 120_000 }, async () => {
    const proxy = await startFaultProxy(plane.url, plane.authority)
    closing.push(proxy.close)
    await createRobot(plane, 'first')
    const [next, lifeSeconds] = [await createRobot(plane, 'second'), plane.kind === 'composed' ? 3 : 600]
    const tokenFile = file('token', await plane.serviceAccountToken('default', 'first', lifeSeconds))
    const ca = file('ca.crt', plane.authority.certificate)
    const { witness, move, caughtUp } = await scene('token', opened(podConfig(proxy.url, ca, tokenFile)))
    // the real one gives no token for so short
    if (plane.kind !== 'composed') await plane.kubectl(['delete', 'serviceaccount', 'first'])
    const breakOff = () => {
      proxy.reset()
      return witness.faults
    }
    await expect.poll(breakOff, { timeout: 20_000, interval: 1_000 }).toContain(401)
    await move()
    writeFileSync(tokenFile, next)
    await caughtUp('token expired and replaced', 40_000)
    expect(witness.counts().lists).toBe(1)
  })

  test('and its authority have new certificates, a client takes the new authority from its file', async () => {
    const other = await createAuthority(Date.now())
    const proxy = await startFaultProxy(plane.url, plane.authority)
    closing.push(proxy.close)
    const tokenFile = file('token-of-third', await createRobot(plane, 'third'))
    const ca = file('rotated-ca.crt', plane.authority.certificate)
    const { witness, move, caughtUp } = await scene('authority', opened(podConfig(proxy.url, ca, tokenFile)))
    proxy.certify(await other.issueServer())
    proxy.reset()
    await expect.poll(() => witness.faults, { timeout: 10_000 }).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    await move()
    writeFileSync(ca, other.certificate)
    await caughtUp('authority replaced', 10_000)
    expect(witness.counts().lists).toBe(1)
  })

  test('is asked with a new client certificate, it knows the new user', async () => {
    const write = ({ certificate, privateKey }: Certified) => ({
      cert: file('user.crt', certificate),
      key: file('user.key', privateKey),
    })
    const { cert, key } = write(await plane.authority.issueUser('before', ['system:masters']))
    const config = new KubeConfig()
    config.loadFromClusterAndUser(
      {
        name: 'test',
        server: plane.url,
        caFile: file('plane-ca.crt', plane.authority.certificate),
        skipTLSVerify: false,
      },
      { name: 'user', certFile: cert, keyFile: key },
    )
    const open = opened(config)
    const userOf = async () => {
      const review = await open.client.create<KubeObject>(reviewType, { metadata: { name: 'me' } })
      return (review.status as { readonly userInfo: { readonly username: string } }).userInfo.username
    }
    expect(await userOf()).toBe('before')
    write(await plane.authority.issueUser('after', ['system:masters']))
    expect(await userOf()).toBe('after')
    // the connections of the old one are closed
    await expect.poll(() => open.access.connections()).toBe(1)
  })
})

/** As a pod's: authority and token are files that others replace. */
function podConfig(server: string, caFile: string, tokenFile: string): KubeConfig {
  const config = new KubeConfig()
  config.loadFromClusterAndUser(
    { name: 'test', server, caFile, skipTLSVerify: false },
    { name: 'pod', authProvider: { name: 'tokenFile', config: { tokenFile } } },
  )
  return config
}
