import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { startSandbox, type Sandbox } from '../../src/sandbox/start-sandbox.ts'
import { parseWorldSeed, type WorldSeed } from '../../src/sandbox/world-seed.ts'
import type { ControlPlane } from './control-plane.builder.ts'

const examples = join(import.meta.dirname, '../../examples')

interface Written {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
}

/** An object of Roster's kinds, as far as tests look at it. */
export interface Found extends Written {
  readonly metadata: Written['metadata'] & { readonly generation: number }
  readonly status?: {
    readonly observedGeneration: number
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[]
  }
}

/** examples/cluster in two namespaces of a test's own, and the company that it is written for in a sandbox. */
export interface ExampleEstate {
  readonly sandbox: Sandbox
  /** Namespace of the organization, its people and its Secret. */
  readonly home: string
  /** Namespace of the team. */
  readonly team: string
  /** All objects of the six kinds in both namespaces. */
  find(): Promise<readonly Found[]>
  /** Makes the namespaces, the Secret and the objects of the example. */
  create(): Promise<void>
  /** Merges into an object of the example. */
  edit(kind: string, name: string, body: object): Promise<void>
  /** Makes an AtlassianGroup in the team's namespace, for an organization that is not there. */
  addStray(name: string): Promise<void>
  delete(object: Written): Promise<void>
  close(): Promise<void>
}

/** As they are written. */
const written: readonly Written[] = globSync('cluster/{organization,payments}/*.yaml', { cwd: examples })
  .flatMap((file) => parseAllDocuments(readFileSync(join(examples, file), 'utf8')))
  .map((document) => document.toJS() as Written)
  .filter(({ kind }) => /^(Atlassian|Jira|Confluence)/.test(kind))
const kinds = new Set(written.map(({ kind }) => kind))

const readAcme = (): WorldSeed => parseWorldSeed(readFileSync(join(examples, 'acme/world.yaml'), 'utf8'))

/** @param suffix of the names of the namespaces, which are `atlassian` and `payments` without one */
export async function openExampleEstate(plane: ControlPlane, suffix = ''): Promise<ExampleEstate> {
  const sandbox = await startSandbox({ world: readAcme() })
  const [home, team] = [`atlassian${suffix}`, `payments${suffix}`]
  const objects = written.map((object) => moved(object, suffix))
  const list = async (kind: string, namespace: string) => {
    const { body } = await plane.call('GET', pathOf({ kind, metadata: { namespace } }))
    return (body['items'] as readonly Found[]).map((each) => ({ ...each, kind }))
  }
  return {
    sandbox,
    home,
    team,
    find: async () =>
      (await Promise.all([home, team].flatMap((place) => [...kinds].map((kind) => list(kind, place))))).flat(),
    create: async () => {
      const places = [home, team].map(namespaceOf)
      for (const object of [...places, secretIn(home), ...objects]) await apply(plane, object)
    },
    edit: async (kind, name, body) => {
      const object = objects.find((each) => each.kind === kind && each.metadata.name === name)!
      done(await plane.call('PATCH', pathOf(object), body, 'application/merge-patch+json'))
    },
    addStray: (name) => apply(plane, strayIn(team, name)),
    delete: async (object) => done(await plane.call('DELETE', pathOf(object))),
    close: () => sandbox.close(),
  }
}

/** The same object where the names of namespaces end so. */
const moved = (object: Written, suffix: string): Written =>
  JSON.parse(JSON.stringify(object).replaceAll(/("namespace":"[^"]+)/g, `$1${suffix}`)) as Written

export const namespaceOf = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

const strayIn = (namespace: string, name: string) => ({
  apiVersion: 'roster.dev/v1alpha1',
  kind: 'AtlassianGroup',
  metadata: { name, namespace },
  spec: { name, organizationRef: { name: 'nobody' } },
})

function secretIn(namespace: string) {
  const folder = join(examples, 'acme/keys')
  const keys = globSync('*', { cwd: folder }).map((key) => [key, readFileSync(join(folder, key), 'utf8')] as const)
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'acme', namespace },
    stringData: Object.fromEntries(keys),
  }
}

interface Placed {
  readonly kind: string
  readonly metadata: { readonly name?: string; readonly namespace?: string }
}

function pathOf({ kind, metadata: { name, namespace } }: Placed): string {
  const root = kinds.has(kind) ? '/apis/roster.dev/v1alpha1' : '/api/v1'
  const place = namespace === undefined ? [] : ['namespaces', namespace]
  return [root, ...place, `${kind.toLowerCase()}s`, ...(name === undefined ? [] : [name])].join('/')
}

async function apply(plane: ControlPlane, object: Placed): Promise<void> {
  const path = `${pathOf(object)}?fieldManager=test&force=true`
  done(await plane.call('PATCH', path, object, 'application/apply-patch+yaml'))
}

function done({ status, body }: Awaited<ReturnType<ControlPlane['call']>>): void {
  if (status >= 300) throw new Error(`the API server has refused: ${JSON.stringify(body)}`)
}
