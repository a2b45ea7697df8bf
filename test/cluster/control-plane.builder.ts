import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { describe, inject } from 'vitest'
import { createApiServer, type ApiServer } from './api-server.builder.ts'
import { createAuthority, createSigningKey, type Authority, type Certified } from './authority.builder.ts'
import type { ServerProcess } from './server-process.builder.ts'

/** How a program ended, and what it printed. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** What it reads from standard input, e.g. manifests for `apply -f -`. */
  readonly input?: string
  /** Path; absent: the administrator's. */
  readonly kubeconfig?: string
}

export interface Answer {
  readonly status: number
  /** The parsed body: an object, or a `Status` of Kubernetes. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A Kubernetes API server of the tests' own, with an empty etcd. Nothing runs pods in it. */
export interface ControlPlane {
  /** Whether it is the real kube-apiserver, or the composed one: docs/cluster-tests.md tells what that cannot show. */
  readonly kind: 'kube-apiserver' | 'composed'
  /** https://127.0.0.1:port, the same after a restart. */
  readonly url: string
  readonly authority: Authority
  /** Path of the administrator's (`system:masters`). */
  readonly kubeconfig: string
  /** Process of the API server. */
  pid(): number
  /** A call of the administrator. Patches need their `contentType`. */
  call(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>
  kubectl(argv: readonly string[], options?: RunOptions): Promise<Ran>
  helm(argv: readonly string[], options?: RunOptions): Promise<Ran>
  /** Path of a kubeconfig for a user who may do what RBAC lets them. */
  userKubeconfig(user: string, groups?: readonly string[]): Promise<string>
  /** Token of a service account that exists. The real kube-apiserver gives none for less than 600 seconds. */
  serviceAccountToken(namespace: string, name: string, lifeSeconds?: number): Promise<string>
  /** Path of a kubeconfig with a token. @param url of a proxy in front of the server */
  tokenKubeconfig(token: string, url?: string): string
  /** SIGTERM: it ends in an orderly way. Its data stays. */
  stop(): Promise<void>
  /** SIGKILL: it ends at once. Its data stays. */
  kill(): Promise<void>
  /** Starts it again on the same data and the same port. */
  start(flags?: readonly string[]): Promise<void>
  /** SIGSTOP: connections stay open, new ones are accepted, and nothing answers. */
  freeze(): void
  /** SIGCONT. */
  thaw(): void
  /** Drops the history of etcd. With `--watch-cache=false`, what resumes from before then gets 410. */
  compact(): Promise<void>
  close(): Promise<void>
}

const found = inject('cluster')

/** `describe`, skipped where this machine has no API server to run. */
export const describeInCluster = found === undefined ? describe.skip : describe

/** Also skipped on the composed control plane, for what that does not show (docs/cluster-tests.md). */
export const describeInRealCluster = found?.apiServer.kind === 'kube-apiserver' ? describe : describe.skip

export async function startControlPlane(flags: readonly string[] = []): Promise<ControlPlane> {
  if (!found) throw new Error('there is no API server here: use describeInCluster')
  const folder = mkdtempSync(join(tmpdir(), 'roster-cluster-'))
  // Date.now: validity of certificates is judged by another program's clock
  const authority = await createAuthority(Date.now())
  await writeCertificates(join(folder, 'certificates'), authority)
  const apiServer = await createApiServer(found.apiServer, folder)
  const admin = await authority.issueUser('kubernetes-admin', ['system:masters'])
  const connect = { ca: authority.certificate, cert: admin.certificate, key: admin.privateKey }
  const agent = new Agent({ connect, connectTimeout: 5000, headersTimeout: 30_000 })
  const kubeconfigs = createKubeconfigs(folder, apiServer.url, authority)
  const kubeconfig = kubeconfigs.ofCertificate('admin', admin)
  const call = caller(apiServer.url, agent)
  const running = await startRunning(apiServer, agent, flags)
  return {
    kind: found.apiServer.kind,
    url: apiServer.url,
    authority,
    kubeconfig,
    call,
    kubectl: (argv, options) => run(found.tools.kubectl, argv, folder, { kubeconfig, ...options }),
    helm: (argv, options) => run(found.tools.helm, argv, folder, { kubeconfig, ...options }),
    userKubeconfig: async (user, groups = []) =>
      kubeconfigs.ofCertificate(user, await authority.issueUser(user, groups)),
    serviceAccountToken: (namespace, name, lifeSeconds = 3600) => requestToken(call, namespace, name, lifeSeconds),
    tokenKubeconfig: kubeconfigs.ofToken,
    ...running,
    async close() {
      await running.kill()
      await Promise.all([apiServer.close(), agent.destroy()])
      rmSync(folder, { recursive: true })
    },
  }
}

type Running = Pick<ControlPlane, 'pid' | 'stop' | 'kill' | 'start' | 'freeze' | 'thaw' | 'compact'>

async function startRunning(apiServer: ApiServer, agent: Agent, flags: readonly string[]): Promise<Running> {
  async function started(more: readonly string[]): Promise<ServerProcess> {
    const begun = apiServer.start(more)
    await begun.ready(() => isReady(apiServer.url, agent))
    return begun
  }
  let process = await started(flags)
  return {
    pid: () => process.pid,
    stop: () => process.end('SIGTERM'),
    kill: () => process.end('SIGKILL'),
    start: async (more = flags) => void (process = await started(more)),
    freeze: () => process.signal('SIGSTOP'),
    thaw: () => process.signal('SIGCONT'),
    compact: () => apiServer.compact(process),
  }
}

async function isReady(url: string, dispatcher: Agent): Promise<boolean> {
  const answer = await request(`${url}/readyz`, { dispatcher, headersTimeout: 2000 }).catch(() => undefined)
  await answer?.body.dump()
  return answer?.statusCode === 200
}

function caller(url: string, dispatcher: Agent): ControlPlane['call'] {
  return async (method, path, body, contentType = 'application/json') => {
    const { statusCode: status, body: answer } = await request(`${url}${path}`, {
      dispatcher,
      method: method as 'GET',
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': contentType } }),
    })
    return { status, body: (await answer.json()) as Answer['body'] }
  }
}

async function requestToken(call: ControlPlane['call'], namespace: string, name: string, lifeSeconds: number) {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const wanted = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' }
  const { status, body } = await call('POST', path, { ...wanted, spec: { expirationSeconds: lifeSeconds } })
  if (status !== 201) throw new Error(`the token of ${namespace}/${name} was refused: ${JSON.stringify(body)}`)
  return (body['status'] as { readonly token: string }).token
}

async function writeCertificates(folder: string, authority: Authority): Promise<void> {
  const server = await authority.issueServer()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'ca.crt'), authority.certificate)
  writeFileSync(join(folder, 'apiserver.crt'), server.certificate)
  writeFileSync(join(folder, 'apiserver.key'), server.privateKey, { mode: 0o600 })
  writeFileSync(join(folder, 'service-account.key'), await createSigningKey(), { mode: 0o600 })
}

function createKubeconfigs(folder: string, server: string, authority: Authority) {
  let written = 0
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  function write(name: string, user: object, url: string): string {
    const cluster = { server: url, 'certificate-authority-data': base64(authority.certificate) }
    const path = join(folder, `kubeconfig-${(written += 1)}.json`)
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster }],
      users: [{ name, user }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: name } }],
      'current-context': 'test',
    }
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 })
    return path
  }
  return {
    ofCertificate: (name: string, { certificate, privateKey }: Certified) =>
      write(name, { 'client-certificate-data': base64(certificate), 'client-key-data': base64(privateKey) }, server),
    ofToken: (token: string, url = server) => write('token', { token }, url),
  }
}

/** Its home is the control plane's folder: kubectl keeps what a server offers there, and ports are used again. */
function run(program: string, argv: readonly string[], folder: string, options: RunOptions): Promise<Ran> {
  const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: options.kubeconfig }
  const { promise, resolve } = Promise.withResolvers<Ran>()
  const child = execFile(program, argv, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
    resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr }),
  )
  child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
    // one that has no use for its input may have ended by now: its exit code says how
    if (error.code !== 'EPIPE') throw error
  })
  child.stdin?.end(options.input ?? '')
  return promise
}
