import { startSandbox, type Sandbox } from '../../src/sandbox/start-sandbox.ts'
import type { WorldSeed } from '../../src/sandbox/world-seed.ts'
import { createClusterUser, type ClusterUser } from './cluster-user.builder.ts'
import { startControlPlane, type ControlPlane } from './control-plane.builder.ts'
import { accountKubeconfig, installChart, startController, type ControllerProcess } from './controller.builder.ts'

/** An API server with the chart in it, the Atlassian Cloud of a world, and what happens between the two. */
export interface Stage {
  readonly plane: ControlPlane
  readonly sandbox: Sandbox
  readonly user: ClusterUser
  /** Starts the controller, with the account of the chart. Organizations are in the namespace `platform`. */
  begin(flags?: readonly string[]): Promise<ControllerProcess>
  close(): Promise<void>
}

export async function openStage(world: WorldSeed): Promise<Stage> {
  const plane = await startControlPlane()
  const sandbox = await startSandbox({ world })
  await installChart(plane, ['platform'])
  let controller: ControllerProcess | undefined
  return {
    plane,
    sandbox,
    user: createClusterUser(plane),
    begin: async (flags = []) => {
      const kubeconfig = await accountKubeconfig(plane)
      controller = await startController({ kubeconfig, sandboxUrl: sandbox.url, flags })
      return controller
    },
    close: async () => {
      await controller?.end('SIGTERM')
      await sandbox.close()
      await plane.close()
    },
  }
}
