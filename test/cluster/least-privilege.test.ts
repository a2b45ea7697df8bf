import { afterAll, beforeAll, expect, test } from 'vitest'
import { chart, findHelm, template, type Rendered } from './chart.builder.ts'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { namespaceOf, openExampleEstate, type ExampleEstate } from './example-estate.builder.ts'
import { grantsIn, without, type Grant } from './grants.builder.ts'
import {
  argsOf,
  startControllerHere,
  startControllerProcess,
  type RunningController,
} from './running-controller.builder.ts'
import { told, wholeJob } from './whole-job.builder.ts'

/** What the API server has refused, as the log tells it. */
const refusals = (controller: RunningController): readonly string[] =>
  controller.log().flatMap(({ error }) => (error?.message.includes('answered 403') ? [error.message] : []))

type Expect = typeof expect

interface Work {
  readonly estate: ExampleEstate
  readonly controller: RunningController
  /** Of the test, as several run at once. */
  readonly expect: Expect
}

/** One step after the other, until all is done or a refusal is told. */
async function work({ estate, controller, expect: expectThere }: Work): Promise<void> {
  for (const [message, { ask, isDone }] of Object.entries(wholeJob)) {
    if (refusals(controller).length > 0) return
    await ask(estate)
    const state = async () => {
      const objects = await estate.find()
      return refusals(controller).length > 0 || isDone(objects) ? 'done' : objects.map(told).join('\n')
    }
    await expectThere.poll(state, { message, timeout: 20_000, interval: 200 }).toBe('done')
  }
}

/** Each of them at least once. */
const writesOfTheJob = [
  'addActorUsers 200',
  'addUserToGroup 204',
  'createAUserInAnActiveDirectory 201',
  'createGroup 201',
  'deleteActor 204',
  'deleteGroup 204',
  'patchUserInformationInAnActiveDirectory 200',
  'removeUserFromGroup 204',
  'setSpaceRoleAssignments 200',
]

/** Without the accounts: what their manifests say of them stays. */
const accessIn = ({ sandbox }: ExampleEstate) => {
  const { groups, sites } = sandbox.world.export()
  return { groups, sites }
}

const helm = await findHelm()
/** As it is by default. */
const everywhere = helm === undefined ? [] : await template(helm)
/** With Roles in three namespaces, so that the same right in two of them is told apart. */
const inNamespaces = (suffix: string): Promise<readonly Rendered[]> => {
  const [home, team] = [`atlassian${suffix}`, `payments${suffix}`]
  return template(helm!, [`organizationNamespaces=["${home}"]`, `watchNamespaces=["${team}"]`], `roster${suffix}`)
}

const sentence = ({ role, group, resource, verb }: Grant): string =>
  `without ${verb} on ${resource}${group && `.${group}`} in ${role} something is not done, and the log says what was refused`
const table = (grants: readonly Grant[]) => grants.map((grant) => [sentence(grant), grant] as const)
const clusterWide = table(grantsIn(everywhere).filter(({ resource }) => resource === 'namespaces'))
const namespaced = helm === undefined ? [] : table(grantsIn(await inNamespaces('')))

describeInCluster('the controller with the account and the rights of the chart', () => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startControlPlane()
    await plane.helm(['install', 'definitions', chart, '-n', 'default', '--set-json', 'rbac.create=false'])
  })
  afterAll(() => plane.close())

  /** What a chart has of rights, and who is to have them. @returns what the controller is started with */
  async function give(rendered: readonly Rendered[], release: string, { sandbox, home, team }: ExampleEstate) {
    const rights = rendered.filter(({ kind }) => /^(ServiceAccount|(Cluster)?Role(Binding)?)$/.test(kind))
    const input = [...[release, home, team].map(namespaceOf), ...rights].map((each) => JSON.stringify(each)).join('\n')
    const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', '-'], { input })
    if (code !== 0) throw new Error(stderr)
    const kubeconfig = plane.tokenKubeconfig(await plane.serviceAccountToken(release, 'roster'))
    return { args: argsOf(rendered), kubeconfig, sandboxUrl: sandbox.url, namespace: release }
  }

  test('does all its work as a process, and is refused nothing', async () => {
    const estate = await openExampleEstate(plane)
    const { sandbox } = estate
    const accessBefore = accessIn(estate)
    const controller = await startControllerProcess(await give(everywhere, 'atlassian', estate))
    try {
      await work({ estate, controller, expect })
      expect(await controller.probe('/readyz')).toEqual({ status: 200, body: 'ok' })
    } finally {
      await controller.stop()
      await estate.close()
    }
    expect(refusals(controller)).toEqual([])
    expect(accessIn(estate)).toEqual(accessBefore)
    const made = new Set(sandbox.journal.writes().map(({ operation, status }) => `${operation} ${status}`))
    expect([...made].toSorted()).toEqual(writesOfTheJob)
    expect(controller.log().at(-1)).toMatchObject({ msg: 'the controller has ended' })
  })

  interface Lacking {
    readonly rendered: readonly Rendered[]
    readonly grant: Grant
    readonly suffix: string
    readonly release: string
  }

  /** How it ends with one right less: whether the log names that right, and whether it is ready. */
  async function lacking({ rendered, grant, suffix, release }: Lacking, expectThere: Expect) {
    const estate = await openExampleEstate(plane, suffix)
    const controller = await startControllerHere(await give(without(rendered, grant), release, estate))
    try {
      await work({ estate, controller, expect: expectThere })
      const { group, resource, verb } = grant
      const refusal = `cannot ${verb} resource "${resource}" in API group "${group}"`
      const isTold = () => refusals(controller).some((each) => each.includes(refusal))
      await expectThere.poll(isTold, { message: refusal, timeout: 10_000, interval: 200 }).toBe(true)
      return { isTold: isTold(), isReady: (await controller.probe('/readyz')).status === 200 }
    } finally {
      await controller.stop()
      await estate.close()
    }
  }

  test.for(clusterWide)('%s', async ([, grant], { expect: expectThere }) => {
    const end = await lacking({ rendered: everywhere, grant, suffix: '', release: 'atlassian' }, expectThere)
    expect(end).toEqual({ isTold: true, isReady: grant.verb !== 'list' })
  })

  test.concurrent.for(namespaced)('%s', async ([, grant], { expect: expectThere }) => {
    const suffix = `-${namespaced.findIndex(([, each]) => each === grant)}`
    const end = await lacking(
      { rendered: await inNamespaces(suffix), grant, suffix, release: `roster${suffix}` },
      expectThere,
    )
    expect(end).toEqual({ isTold: true, isReady: grant.verb !== 'list' })
  })
})
