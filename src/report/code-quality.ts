import { createHash } from 'node:crypto'
import type { Diagnostic } from '../core/diagnostic.ts'
import { advice, type Findings } from './findings.ts'

/**
 * GitLab's code quality report (docs.gitlab.com, "Code Quality report format"). A fingerprint names one finding across
 * runs: it counts the finding among those of its file that read the same, and not its line.
 */
export function codeQuality({ diagnostics }: Findings): readonly object[] {
  const seen = new Map<string, number>()
  return diagnostics.map((each) => {
    const { code, severity, origin } = each
    const what = JSON.stringify([code, origin?.file, advice(each)])
    const number = seen.get(what) ?? 0
    seen.set(what, number + 1)
    return {
      check_name: code,
      description: advice(each),
      fingerprint: createHash('sha256').update(`${what} ${number}`).digest('hex'),
      severity: severity === 'error' ? 'major' : 'minor',
      location: place(each),
    }
  })
}

/** The report has no findings without a place. */
const place = ({ origin }: Diagnostic): object => ({
  path: origin?.file ?? '.',
  lines: { begin: origin?.line ?? 1 },
})
