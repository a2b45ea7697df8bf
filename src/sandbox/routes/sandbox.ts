import { stringify } from 'yaml'
import type { Outcome } from '../send.ts'
import { ok, noContent, type Answer } from '../exchange.ts'
import { parseFaultRule, type Faults } from '../faults.ts'
import { hostOf } from '../hosts.ts'
import type { Journal } from '../journal.ts'
import type { Past } from '../past.ts'
import type { Received } from '../received.ts'
import { parseWorldSeed } from '../world-seed.ts'
import type { World } from '../world.ts'

interface Parts {
  readonly world: World
  readonly journal: Journal
  readonly faults: Faults
  readonly past: Past
}

/**
 * The sandbox's own pages below `/_sandbox`; undefined for any other path, and at Atlassian's names, which have none.
 * They need no credential.
 */
export function answerSandbox({ method, url, text }: Received, parts: Parts): Outcome['answer'] | undefined {
  if (!url.pathname.startsWith('/_sandbox/') || hostOf(url.hostname).kind !== 'any') return undefined
  const handle = pages[`${method} ${url.pathname}`]
  if (!handle) return { status: 404, body: { message: `no ${method} ${url.pathname}`, pages: Object.keys(pages) } }
  try {
    return handle(parts, text)
  } catch (error) {
    return { status: 400, body: { message: error instanceof Error ? error.message : String(error) } }
  }
}

const pages: Readonly<Record<string, (parts: Parts, text: string) => Answer>> = {
  'GET /_sandbox/journal': ({ journal }) => ok(journal.entries),
  'DELETE /_sandbox/journal': ({ journal }) => {
    journal.clear()
    return noContent
  },
  'GET /_sandbox/world': ({ world }) => ok(stringify(world.export()), { 'content-type': 'application/yaml' }),
  'PUT /_sandbox/world': ({ world, past }, text) => {
    world.replace(parseWorldSeed(text))
    past.forget()
    return noContent
  },
  'GET /_sandbox/faults': ({ faults }) => ok(faults.rules),
  'POST /_sandbox/faults': ({ faults }, text) => {
    const value: unknown = JSON.parse(text)
    const rules = (Array.isArray(value) ? value : [value]).map(parseFaultRule)
    for (const rule of rules) faults.add(rule)
    return ok(faults.rules)
  },
  'DELETE /_sandbox/faults': ({ faults }) => {
    faults.clear()
    return noContent
  },
}
