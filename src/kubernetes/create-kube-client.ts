import { frozenObject } from './freeze.ts'
import type { CallOptions, KubeClient, KubeList, ListOptions, Patch, WriteOptions } from './kube-client.ts'
import { isKubeStatus, KubeError } from './kube-error.ts'
import { exchange, type Outgoing, type Wire } from './kube-exchange.ts'
import { apiVersionOf, type KubeObject, type ObjectName, type ResourceType } from './kube-object.ts'
import { kubeRetryDelayMs } from './kube-retry.ts'
import { watchStream } from './watch-stream.ts'

export interface KubeClientOptions extends Wire {
  /** In [0, 1). */
  readonly random: () => number
  /** After each try, for `rest_client_requests_total`: `code` is the HTTP status, or `<error>` as client-go has it. */
  readonly onTry?: (told: { readonly method: string; readonly code: string; readonly tookMs: number }) => void
}

const defaultTimeoutMs = 30_000
const defaultTries = 5
const pageLimit = 500

type Call = (outgoing: Outgoing, options?: CallOptions & { readonly once?: boolean }) => Promise<unknown>

/** The Kubernetes API over HTTP. `access` stays the caller's to close. */
export function createKubeClient(options: KubeClientOptions): KubeClient {
  const call: Call = (outgoing, callOptions = {}) => callWithRetries(options, outgoing, callOptions)
  return {
    get: async (type, name, rest) => object(await call({ ...outgoingFor('GET', type, name) }, rest)),
    list: (type, rest = {}) => listAll(call, type, rest),
    watch: (type, { resourceVersion, timeoutSeconds, labelSelector, fieldSelector, namespace, ...rest }) => {
      const asked = { resourceVersion, labelSelector, fieldSelector, timeoutSeconds: String(timeoutSeconds) }
      const query = { watch: 'true', allowWatchBookmarks: 'true', ...asked }
      return watchStream(options, { ...outgoingFor('GET', type, { namespace }, 'watch'), query }, rest)
    },
    create: async (type, body, { fieldManager, ...rest } = {}) => {
      const { namespace } = body.metadata
      const outgoing = { ...outgoingFor('POST', type, { namespace }), query: { fieldManager }, body: typed(type, body) }
      return object(await call(outgoing, { ...rest, once: true }))
    },
    apply: async (type, body, { fieldManager, force = true, ...rest }) => {
      const query = { fieldManager, force: String(force) }
      const patch = { body: typed(type, body), contentType: 'application/apply-patch+yaml', query }
      return object(await call({ ...patchOf(type, body.metadata, rest), ...patch }, rest))
    },
    patch: async (type, name, { type: way, body }: Patch, { fieldManager, ...rest } = {}) => {
      const patch = { body, contentType: `application/${way}-patch+json`, query: { fieldManager } }
      return object(await call({ ...patchOf(type, name, rest), ...patch }, { ...rest, once: way === 'json' }))
    },
    delete: async (type, name, { uid, resourceVersion, ...rest } = {}) => {
      // JSON leaves out what is undefined
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid, resourceVersion } }
      await call({ ...outgoingFor('DELETE', type, name), body }, rest)
    },
  }
}

async function callWithRetries(
  { random, clock, onTry, ...wire }: KubeClientOptions,
  outgoing: Outgoing,
  { timeoutMs = defaultTimeoutMs, tries: maxTries = defaultTries, signal, once = false }: Parameters<Call>[1] & object,
): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    const startedMs = clock.now()
    const tell = (code: string): void => onTry?.({ method: outgoing.method, code, tookMs: clock.now() - startedMs })
    try {
      const answer = await exchange({ ...wire, clock }, outgoing, { timeoutMs, signal })
      tell('200')
      return answer
    } catch (error) {
      if (!(error instanceof KubeError)) throw error
      tell(String(error.status ?? '<error>'))
      const delayMs = kubeRetryDelayMs(error.failure, { repeatable: !once, tries, maxTries, random })
      if (delayMs === undefined) throw error
      await clock.sleep(delayMs, signal)
    }
  }
}

interface Page<T> {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items: readonly T[] | null
}

async function listAll<T extends KubeObject>(
  call: Call,
  type: ResourceType,
  { namespace, labelSelector, fieldSelector, ...rest }: ListOptions,
): Promise<KubeList<T>> {
  const items: T[] = []
  const outgoing = outgoingFor('GET', type, { namespace })
  const page = async (query: Outgoing['query']): Promise<Page<T>> =>
    (await call({ ...outgoing, query: { ...query, labelSelector, fieldSelector } }, rest)) as Page<T>
  let limit: string | undefined = String(pageLimit)
  for (let token: string | undefined; ;) {
    try {
      const { metadata, items: found } = await page({ limit, continue: token })
      for (const item of found ?? []) items.push(frozenObject(typed(type, item)))
      if (!metadata.continue) return { resourceVersion: metadata.resourceVersion ?? '', items }
      token = metadata.continue
    } catch (error) {
      // the pages were cut from a state that is compacted away by now: all at once, as client-go's pager does
      if (token === undefined || !isKubeStatus(error, 410)) throw error
      items.length = 0
      token = undefined
      limit = undefined
    }
  }
}

/** Items of a list of a built-in type come without both. */
const typed = <T extends KubeObject>(type: ResourceType, body: T): T => ({
  apiVersion: apiVersionOf(type),
  kind: type.kind,
  ...body,
})

const object = <T extends KubeObject>(answer: unknown): T => frozenObject(answer as T)

function outgoingFor(
  method: Outgoing['method'],
  { group, version, plural, namespaced }: ResourceType,
  { namespace, name }: { readonly namespace?: string | undefined; readonly name?: string },
  verb: string = method,
): Outgoing {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const within = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const last = name === undefined ? '' : `/${encodeURIComponent(name)}`
  return { method, title: `${verb} ${plural}`, path: `${root}${within}/${plural}${last}` }
}

function patchOf(type: ResourceType, name: ObjectName, { subresource }: WriteOptions): Outgoing {
  const outgoing = outgoingFor('PATCH', type, name)
  if (subresource === undefined) return outgoing
  const { path, title } = outgoing
  return { ...outgoing, path: `${path}/${subresource}`, title: `${title}/${subresource}` }
}
