import type { Log } from '../report/log.ts'
import { byOrganization, type Estate } from '../run/organizations.ts'
import { touchedFiles, type Touched } from './edits.ts'
import { startRunner, type EstateRunner, type RunnerPorts } from './estate-runner.ts'
import { tellDiagnostics } from './pass-story.ts'
import type { Snapshot } from './snapshot.ts'

/** The organizations that are in force, each with its runner. */
export interface Estates {
  /** Another declaration is in force: what it touches is looked at, where it touches something. */
  readonly take: (after: Snapshot, before: Snapshot | undefined) => void
  readonly wake: () => void
  /** The longest time that a pass has shown no sign of life, and whose it is. */
  readonly mostSilent: () => { readonly organization: string; readonly ms: number } | undefined
  /** Resolves when all passes have ended. */
  readonly over: () => Promise<void>
}

interface Running {
  readonly runner: EstateRunner
  readonly estate: Estate
}

export function createEstates(ports: RunnerPorts): Estates {
  const running = new Map<string, Running>()
  const started: Promise<void>[] = []
  const { log } = ports
  let told: ReadonlySet<string> = new Set()
  return {
    take: (after, before) => {
      const { estates, diagnostics } = byOrganization(after.declaration)
      told = tellDiagnostics(diagnostics, told, log)
      const touched = before ? touchedFiles(before.declaration, after.declaration) : 'everything'
      for (const estate of estates) {
        const { name } = estate.organization
        const known = running.get(name)
        const runner = known?.runner ?? startRunner({ estate, snapshot: after }, ports)
        if (known) runner.update({ estate, snapshot: after }, within(touched, known.estate, estate))
        else started.push(runner.over)
        running.set(name, { runner, estate })
      }
      retire(running, new Set(estates.map(({ organization }) => organization.name)), log)
    },
    wake: () => {
      for (const { runner } of running.values()) runner.wake()
    },
    mostSilent: () =>
      [...running]
        .map(([organization, { runner }]) => ({ organization, ms: runner.silentMs() }))
        .toSorted((one, other) => other.ms - one.ms)[0],
    over: async () => void (await Promise.all(started)),
  }
}

/** What it gave stays as it is: without the organization nobody may speak for it. */
function retire(running: Map<string, Running>, wanted: ReadonlySet<string>, log: Log): void {
  for (const [organization, { runner }] of running) {
    if (wanted.has(organization)) continue
    log.warn('the organization is not declared any more: nothing is changed there from now on', { organization })
    runner.stop()
    running.delete(organization)
  }
}

/** Of the touched files those that this organization has, or had. */
function within(touched: Touched, before: Estate, after: Estate): Touched {
  if (touched === 'everything') return touched
  const manifests = [...before.declaration.manifests, ...after.declaration.manifests]
  return touched.intersection(new Set(manifests.map(({ origin }) => origin.file)))
}
