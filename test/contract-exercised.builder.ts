import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the sandboxes of some tests were asked. */
export interface Exercised {
  /** Requests that were held against the contract, most of them with their answers. */
  readonly checked: number
  /** `jira getProjectRole`, of every operation that Roster called. */
  readonly used: readonly string[]
  /** `getProjectRole: <text of the departure>`, of every departure that excused something. */
  readonly departed: readonly string[]
}

/** Each worker writes a file of its own. */
export function leave(file: string, exercised: Exercised): void {
  appendFileSync(file, `${JSON.stringify(exercised)}\n`)
}

/** The sum of what all workers left in a folder. */
export function gather(folder: string): Exercised {
  const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
  const parts = lines.map((line) => JSON.parse(line) as Exercised)
  return {
    checked: parts.reduce((sum, { checked }) => sum + checked, 0),
    used: distinct(parts.flatMap(({ used }) => used)),
    departed: distinct(parts.flatMap(({ departed }) => departed)),
  }
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)].toSorted()
