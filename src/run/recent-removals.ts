import type { Outcome } from '../core/apply.ts'
import { isRemoval, subject } from '../core/change.ts'
import { leaverOf, type RemovalsByKind } from '../core/policy/limits.ts'
import type { Survey } from '../core/reconcile.ts'

/** What the passes of one process have removed lately, so that many small passes may not do what one large one may not. */
export interface RecentRemovals {
  readonly note: (outcomes: readonly Outcome[], survey: Survey, nowMs: number) => void
  readonly since: (nowMs: number) => RemovalsByKind
}

/** As long as the default interval: what one pass over everything would have met at once. */
const recentMs = 600_000

export function createRecentRemovals(): RecentRemovals {
  let noted: readonly { readonly atMs: number; readonly kind: string; readonly key: string }[] = []
  let count = 0
  return {
    note: (outcomes, survey, nowMs) => {
      const leaver = leaverOf(survey)
      const made = outcomes.filter(
        ({ change, result }) => isRemoval(change) && result !== 'failed' && result !== 'skipped',
      )
      const added = made.map(({ change }) => {
        count += 1
        return { atMs: nowMs, kind: subject(change).scope.kind, key: leaver(change) ?? `removed before ${count}` }
      })
      noted = [...noted, ...added]
    },
    since: (nowMs) => {
      noted = noted.filter(({ atMs }) => nowMs - atMs < recentMs)
      const byKind = Map.groupBy(noted, ({ kind }) => kind)
      return new Map([...byKind].map(([kind, all]) => [kind, new Set(all.map(({ key }) => key))]))
    },
  }
}
