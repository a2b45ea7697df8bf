/** A moment in the work on one organization. */
export type Moment = number

/** What passes that run at once do to the scopes of each other. */
export interface Moves {
  readonly begin: () => Moment
  /** Scopes that were written or taken over since then. */
  readonly since: (moment: Moment) => ReadonlySet<string>
  /** To be told while the state is held, so that whoever holds it next knows. */
  readonly moved: (scopes: Iterable<string>) => void
  /** The pass that began then has ended. */
  readonly end: (moment: Moment) => void
}

export function createMoves(): Moves {
  let count = 0
  let moves: { readonly at: number; readonly scopes: ReadonlySet<string> }[] = []
  const running: Moment[] = []
  return {
    begin: () => {
      running.push(count)
      return count
    },
    since: (moment) => new Set(moves.filter(({ at }) => at > moment).flatMap(({ scopes }) => [...scopes])),
    moved: (scopes) => {
      count += 1
      moves.push({ at: count, scopes: new Set(scopes) })
    },
    end: (moment) => {
      running.splice(running.indexOf(moment), 1)
      const oldest = Math.min(...running, count)
      moves = moves.filter(({ at }) => at > oldest)
    },
  }
}
