import type { Diagnostic } from '../core/diagnostic.ts'
import type { Entry } from '../core/kind.ts'
import { expiryMs } from './fields.ts'

type Path = readonly (string | number)[]

/** How long before its end an entry is warned about. */
const warnMs = 14 * 86_400_000

/** What an entry of a manifest says beyond who it is for: its end, and why it is there. */
export function entryTerms(
  { expiresAt, reason }: { readonly expiresAt?: string; readonly reason?: string },
  path: Path,
  nowMs: number,
): { readonly terms: Pick<Entry, 'expiresAtMs' | 'notes'>; readonly diagnostics: readonly Diagnostic[] } {
  const notes = reason === undefined ? {} : { notes: [`reason: ${reason}`] }
  if (expiresAt === undefined) return { terms: notes, diagnostics: [] }
  const at = [...path, 'expiresAt']
  const expiresAtMs = expiryMs(expiresAt)
  // without knowing the end, the entry must neither go nor stay for good: the error holds removals
  if (expiresAtMs === undefined) {
    const message = `"${expiresAt}" is not a day of the calendar or a time`
    return { terms: notes, diagnostics: [{ code: 'INVALID_SPEC', severity: 'error', message, path: at }] }
  }
  return { terms: { expiresAtMs, ...notes }, diagnostics: ending(expiresAtMs, at, nowMs) }
}

function ending(expiresAtMs: number, path: Path, nowMs: number): readonly Diagnostic[] {
  const end = new Date(expiresAtMs).toISOString().replace('.000Z', 'Z')
  if (expiresAtMs <= nowMs) {
    return [
      {
        code: 'EXPIRED',
        severity: 'warning',
        message: `ended at ${end}: it is removed and can go from the manifest`,
        path,
      },
    ]
  }
  if (expiresAtMs - nowMs > warnMs) return []
  const days = Math.ceil((expiresAtMs - nowMs) / 86_400_000)
  const message = `ends at ${end}, in ${days === 1 ? 'a day or less' : `${days} days`}`
  return [{ code: 'EXPIRES_SOON', severity: 'warning', message, path }]
}
