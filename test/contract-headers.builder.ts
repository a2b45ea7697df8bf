import { apis } from '../src/sandbox/apis.ts'
import type { SpecOperation } from '../src/sandbox/contract-operation.builder.ts'
import type { Api } from '../src/sandbox/exchange.ts'
import type { JournalEntry } from '../src/sandbox/journal.ts'

/** Credentials of the organization's APIs are keys that travel as a bearer (reference 2.1). */
const bearerOnly: ReadonlySet<Api> = new Set<Api>(['organization', 'control', 'user-management', 'scim'])

/** Mistakes of the headers of a request. */
export function headerMistakes(entry: JournalEntry, operation: SpecOperation): string[] {
  const { headers, sent } = entry.recorded!
  const { accept, authorization, 'user-agent': agent = '', 'content-type': contentType = '' } = headers
  return [
    ...(accept === undefined ? ['no Accept'] : operation.checkAccept(accept)),
    ...(sent === '' ? [] : operation.checkContentType(contentType)),
    ...authorizationMistakes(entry, authorization),
    ...(agent === '' ? ['no User-Agent'] : []),
    ...operation.checkHeaders(Object.keys(headers)),
  ]
}

function authorizationMistakes(entry: JournalEntry, scheme: string | undefined): string[] {
  if (scheme === undefined) return isAnonymous(entry) ? [] : ['no Authorization']
  const schemes = schemesOf(entry)
  return schemes.includes(scheme.toLowerCase()) ? [] : [`Authorization "${scheme}" is none of ${schemes.join(', ')}`]
}

/** A site takes e-mail and token as Basic; its place at the gateway takes scoped tokens, and bearers too. */
function schemesOf({ api, path }: JournalEntry): readonly string[] {
  if (bearerOnly.has(api)) return ['bearer']
  return path.startsWith('/ex/') ? ['basic', 'bearer'] : ['basic']
}

function isAnonymous({ api, operation }: JournalEntry): boolean {
  const routes = apis.find((each) => each.api === api)?.routes ?? []
  return routes.some((route) => route.operation === operation && route.anonymous === true)
}
