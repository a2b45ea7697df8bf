import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ApiServerProgram } from './programs.builder.ts'
import { startServer, type ServerProcess } from './server-process.builder.ts'

/** An API server with its storage, which outlives it. */
export interface ApiServer {
  /** https://127.0.0.1:port, the same at every start. */
  readonly url: string
  /** @param flags added to those that it always has */
  start(flags: readonly string[]): ServerProcess
  /** Drops all history from etcd now. */
  compact(process: ServerProcess): Promise<void>
  close(): Promise<void>
}

/** @param folder holds `certificates` (as kube-apiserver names them), and gets the data and the logs */
export function createApiServer(program: ApiServerProgram, folder: string): Promise<ApiServer> {
  return program.kind === 'composed' ? composed(program.path, folder) : kubeApiServer(program.folder, folder)
}

async function composed(path: string, folder: string): Promise<ApiServer> {
  const port = await freePort()
  const certificates = join(folder, 'certificates')
  const argv = ['--data-dir', join(folder, 'data'), '--cert-dir', certificates, '--port', `${port}`]
  return {
    url: `https://127.0.0.1:${port}`,
    start: (flags) => startServer(path, [...argv, '--until-stdin-closes', ...flags], join(folder, 'api-server.log')),
    compact: async (process) => process.signal('SIGUSR1'),
    close: async () => {},
  }
}

/** Both programs with the flags of envtest (controller-runtime, pkg/internal/testing/controlplane). */
async function kubeApiServer(programs: string, folder: string): Promise<ApiServer> {
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()]
  const [etcdUrl, url] = [`http://127.0.0.1:${etcdPort}`, `https://127.0.0.1:${port}`]
  const etcd = startServer(join(programs, 'etcd'), etcdFlags(etcdUrl, peerPort, folder), join(folder, 'etcd.log'))
  await etcd.ready(async () => (await fetch(`${etcdUrl}/health`).catch(() => undefined))?.ok ?? false)
  const argv = apiServerFlags(url, etcdUrl, join(folder, 'certificates'))
  return {
    url,
    start: (flags) =>
      startServer(join(programs, 'kube-apiserver'), [...argv, ...flags], join(folder, 'api-server.log')),
    compact: () => compactEtcd(etcdUrl),
    close: () => etcd.end('SIGTERM'),
  }
}

const etcdFlags = (url: string, peerPort: number, folder: string): readonly string[] => [
  `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
  `--data-dir=${join(folder, 'data')}`,
  `--advertise-client-urls=${url}`,
  `--listen-client-urls=${url}`,
]

const apiServerFlags = (url: string, etcdUrl: string, certificates: string): readonly string[] => [
  '--service-cluster-ip-range=10.0.0.0/24',
  '--allow-privileged=true',
  // nothing makes default service accounts here
  '--disable-admission-plugins=ServiceAccount',
  `--cert-dir=${certificates}`,
  '--authorization-mode=RBAC',
  `--secure-port=${new URL(url).port}`,
  '--bind-address=127.0.0.1',
  `--service-account-issuer=${url}/`,
  `--service-account-key-file=${join(certificates, 'service-account.key')}`,
  `--service-account-signing-key-file=${join(certificates, 'service-account.key')}`,
  `--etcd-servers=${etcdUrl}`,
  `--client-ca-file=${join(certificates, 'ca.crt')}`,
]

/** Through the JSON gateway of etcd (etcd.io, docs/v3.6/dev-guide/api_grpc_gateway): its command line may be missing. */
async function compactEtcd(url: string): Promise<void> {
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${url}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`etcd answered ${answer.status} to ${path}`)
    return (await answer.json()) as { readonly header: { readonly revision: string } }
  }
  const { header } = await post('range', { key: Buffer.from('compaction').toString('base64') })
  await post('compaction', { revision: header.revision, physical: true })
}

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
