import type { Unread } from '../core/directory.ts'
import type { Gap, Holder, Holding, Place } from './holding.ts'

/** What one reading of a place gave. */
export interface Found {
  readonly holdings: readonly Holding[]
  readonly gaps: readonly Gap[]
}

export const unreadPlace = (what: string, { message }: Unread, place?: Gap['place']): Found => ({
  holdings: [],
  gaps: [{ what, reason: message, ...(place && { place }) }],
})

export const holding = (scope: string, place: Place, holder: Holder): Holding => ({
  id: `${scope}/${holder.type}:${holder.id}`,
  scope,
  place,
  holder,
})

export const together = (all: readonly Found[]): Found => ({
  holdings: all.flatMap(({ holdings }) => holdings),
  gaps: all.flatMap(({ gaps }) => gaps),
})

export const nothingFound: Found = { holdings: [], gaps: [] }
