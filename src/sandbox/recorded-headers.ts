import type { Received } from './received.ts'

const harmless = new Set(['accept', 'content-type', 'user-agent'])

/** What may be kept of a request's headers; the journal says what that is. */
export function recordedHeaders(headers: Received['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, keptOf(name, String(value))]))
}

function keptOf(name: string, value: string): string {
  if (name === 'authorization') return /^(\w+)\s/.exec(value)?.[1] ?? ''
  return harmless.has(name) ? value : ''
}
