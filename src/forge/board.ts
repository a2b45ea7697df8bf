import { markdownSections, type MarkdownSection } from '../report/markdown-sections.ts'

/** Where texts of ours are kept up to date on a forge: the comments of a pull request, or issues. */
export interface Board {
  /** For people: `pull request 7 of acme/access`. */
  readonly title: string
  /** What this credential has written, and nobody else. */
  list(): Promise<readonly Entry[]>
  create(section: MarkdownSection): Promise<void>
  replace(id: string, text: string): Promise<void>
  /** A comment is deleted, an issue is closed. */
  remove(id: string): Promise<void>
}

export interface Entry {
  readonly id: string
  readonly text: string
}

/** What was done to the board. */
export interface Tally {
  readonly written: number
  readonly same: number
  readonly removed: number
}

/**
 * One entry per organization and path, found again by its marker. What an earlier run wrote of the same paths and this one
 * does not is removed, and so is a second entry with the same marker. `isDone`: nothing is left to say of these paths.
 */
export async function keepUpToDate(
  board: Board,
  sections: readonly MarkdownSection[],
  isDone: boolean,
): Promise<Tally> {
  const paths = new Set(sections.map((section) => section.paths))
  const entries = (await board.list()).flatMap(({ id, text }) => {
    const [first] = markdownSections(text)
    return first && text.startsWith(first.marker) && paths.has(first.paths) ? [{ id, first }] : []
  })
  const kept = new Set<string>()
  const counts = { written: 0, same: 0 }
  for (const section of isDone ? [] : sections) {
    const entry = entries.find(({ first }) => first.marker === section.marker)
    const isSame = entry?.first.text === section.text
    if (entry) kept.add(entry.id)
    if (!entry) await board.create(section)
    else if (!isSame) await board.replace(entry.id, section.text)
    counts[isSame ? 'same' : 'written'] += 1
  }
  const stale = entries.filter(({ id }) => !kept.has(id))
  for (const { id } of stale) await board.remove(id)
  return { ...counts, removed: stale.length }
}
