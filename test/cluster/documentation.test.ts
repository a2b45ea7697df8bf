import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { findHelm, template } from './chart.builder.ts'
import { describeInCluster, startControlPlane, type ControlPlane, type Ran } from './control-plane.builder.ts'
import { openExampleEstate, type ExampleEstate } from './example-estate.builder.ts'
import { argsOf, startControllerProcess, type RunningController } from './running-controller.builder.ts'

const root = join(import.meta.dirname, '../..')
const readPage = (page: string): string => readFileSync(join(root, page), 'utf8')

/** Lines of the `console` blocks. */
function commandsIn(page: string): readonly string[] {
  const blocks = readPage(page).matchAll(/^```console\n([\s\S]*?)^```/gm)
  return [...blocks].flatMap(([, block]) => block!.trim().split('\n'))
}

const helm = await findHelm()

describeInCluster('the commands of the pages', () => {
  let plane: ControlPlane
  let estate: ExampleEstate
  let controller: RunningController | undefined
  beforeAll(async () => {
    plane = await startControlPlane()
    estate = await openExampleEstate(plane)
  })
  afterAll(async () => {
    await controller?.stop()
    await estate.close()
    await plane.close()
  })

  /** As a person types it in a clone, with kubectl and helm of the tests. */
  function type(command: string): Promise<Ran> {
    const tools = Object.values(inject('cluster')!.tools).map(dirname)
    const PATH = [...tools, process.env['PATH']].join(':')
    const { promise, resolve } = Promise.withResolvers<Ran>()
    const env = { PATH, HOME: dirname(plane.kubeconfig), KUBECONFIG: plane.kubeconfig }
    execFile('sh', ['-c', command], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
    return promise
  }

  /** Nothing runs pods here: this is the pod of the Deployment. */
  async function startPod(): Promise<void> {
    await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s'])
    const token = await plane.serviceAccountToken('atlassian', 'roster')
    controller = await startControllerProcess({
      args: argsOf(await template(helm!)),
      kubeconfig: plane.tokenKubeconfig(token),
      sandboxUrl: estate.sandbox.url,
      namespace: 'atlassian',
    })
  }

  /** A page cannot know what is held, and so has the digest of another time. */
  async function withDigest(command: string): Promise<string> {
    if (!command.includes('roster.dev/approved=')) return command
    const messages = (await estate.find()).flatMap(({ status }) => status?.conditions?.map((each) => each.message))
    const [, digest = ''] = /\(digest (\w+)\)/.exec(messages.join('\n')) ?? []
    return command.replace(/(approved=)\w+/, `$1${digest}`)
  }

  async function typeAll(page: string): Promise<readonly string[]> {
    const failed: string[] = []
    for (const command of commandsIn(page)) {
      const { code, stderr } = await type(await withDigest(command))
      if (code !== 0) failed.push(`${command}: ${stderr}`)
      if (command.startsWith('helm install')) await startPod()
    }
    return failed
  }

  const readers = () => estate.sandbox.world.members('payments-reviewers').length

  test('examples/cluster/README.md brings an organization and a team to where they are ready', async () => {
    expect(await typeAll('examples/cluster/README.md')).toEqual([])
    expect(readers()).toBe(2)
  })

  test('docs/metrics.md is so of a controller: who leads, and what is in sync', async () => {
    const shown = (await controller!.metrics()).split('\n')
    expect(shown).toContain('leader_election_master_status{name="atlassian/roster-acme"} 1')
    expect(shown).toContain('roster_unread{organization="atlassian/acme"} 0')
    const known = readPage('docs/metrics.md')
    const organizationOnes = shown.flatMap((line) => /^(roster_\w+?)(?:_bucket|_sum|_count)?\{/.exec(line)?.[1] ?? [])
    expect([...new Set(organizationOnes)].filter((name) => !known.includes(`\`${name}\``))).toEqual([])
  })

  test('docs/controller.md keeps, withdraws, approves, asks and pauses', { timeout: 120_000 }, async () => {
    expect(await typeAll('docs/controller.md')).toEqual([])
    expect(readers()).toBe(0)
    const [asked] = (await estate.find()).filter(({ kind }) => kind === 'AtlassianGroup')
    expect(asked?.status).toMatchObject({ lastHandledReconcileAt: expect.stringMatching(/^\d{10}$/) as unknown })
  })

  test('docs/controller.md lists each key of the log', () => {
    const [, section = ''] = /## Probes, metrics, log\n([\s\S]*?)\n## /.exec(readPage('docs/controller.md')) ?? []
    const listed = new Set([...section.matchAll(/`(\w+)`/g)].map(([, key]) => key))
    const keys = controller!.log().flatMap((line) => Object.keys(line))
    expect([...new Set(keys)].filter((key) => !listed.has(key))).toEqual([])
  })
})
