/** When a pass over one organization began; different for each. */
export type Moment = number

/** What passes that run at once do to the scopes of each other. */
export interface Moves {
  readonly begin: () => Moment
  /**
   * Scopes that other passes wrote or took over in the time of the one that began then. One that began while another was
   * writing may have read them half written, so they count until the end of that other one.
   */
  readonly since: (moment: Moment) => ReadonlySet<string>
  /** What the pass that began then is about to write. To be told while the state is held, so that whoever holds it next knows. */
  readonly moved: (moment: Moment, scopes: Iterable<string>) => void
  /** The pass that began then has ended. */
  readonly end: (moment: Moment) => void
}

interface Move {
  readonly by: Moment
  readonly scopes: ReadonlySet<string>
  /** Infinity while its pass runs. */
  readonly endedAt: number
}

export function createMoves(): Moves {
  let count = 0
  let moves: readonly Move[] = []
  const running = new Set<Moment>()
  return {
    begin: () => {
      running.add((count += 1))
      return count
    },
    since: (moment) =>
      new Set(
        moves.filter(({ by, endedAt }) => by !== moment && endedAt > moment).flatMap(({ scopes }) => [...scopes]),
      ),
    moved: (moment, scopes) => {
      moves = [...moves, { by: moment, scopes: new Set(scopes), endedAt: Infinity }]
    },
    end: (moment) => {
      running.delete(moment)
      const endedAt = (count += 1)
      const oldest = Math.min(...running, endedAt)
      moves = moves
        .map((move) => (move.by === moment ? { ...move, endedAt } : move))
        .filter((move) => move.endedAt > oldest)
    },
  }
}
