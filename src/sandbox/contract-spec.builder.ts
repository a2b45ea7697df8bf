import { at, documentNames, prefixOf, type Documents, type Json } from './contract-document.builder.ts'
import { loaded, remembered, specOperation, type SpecOperation } from './contract-operation.builder.ts'
import type { Api } from './exchange.ts'

/** An operation of the documents, by what tells it from the others. */
export interface Described {
  readonly api: Api
  readonly method: string
  /** As the sandbox's routes have it. */
  readonly path: string
  readonly operation: string
  readonly tags: readonly string[]
}

export interface Spec {
  /** Only the operations that the sandbox answers are known. */
  readonly distilled: boolean
  /** @param path template as the sandbox's routes have it */
  find(api: Api, method: string, path: string): SpecOperation | undefined
  /** Every operation of every document. */
  operations(): Described[]
}

/** Reads each document when it is first asked for. */
export function loadSpec(documents: Documents): Spec {
  const read = remembered((name: string) => documents.read(name))
  const load = remembered((name: string) => loaded(read(name)))
  const operationAt = remembered((line: string) => {
    const [name = '', method = '', template = ''] = line.split(' ')
    const item = at(load(name).document, 'paths', template)
    const operation = at(item, method)
    return operation ? specOperation(load(name), item as Json, operation as Json) : undefined
  })
  return {
    distilled: documents.distilled,
    find(api, method, path) {
      for (const name of documentNames[api] ?? []) {
        const operation = operationAt(`${name} ${method.toLowerCase()} ${path.slice(prefixOf(name).length)}`)
        if (operation) return operation
      }
      return undefined
    },
    operations: () =>
      Object.entries(documentNames).flatMap(([api, names]) =>
        names.flatMap((name) => describedIn(read(name), { api: api as Api, prefix: prefixOf(name) })),
      ),
  }
}

function describedIn(document: Json, { api, prefix }: { readonly api: Api; readonly prefix: string }): Described[] {
  const methods = new Set(['get', 'post', 'put', 'patch', 'delete'])
  return Object.entries(document['paths'] as Json).flatMap(([path, item]) =>
    Object.entries(item as Json)
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => ({
        api,
        method: method.toUpperCase(),
        path: `${prefix}${path}`,
        operation: String(at(operation, 'operationId')),
        tags: (at(operation, 'tags') ?? []) as readonly string[],
      })),
  )
}
