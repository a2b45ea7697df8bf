import type { Described, Spec } from '../src/sandbox/contract-spec.builder.ts'
import type { JournalEntry, Recorded } from '../src/sandbox/journal.ts'

/** A mismatch that is meant. `only` narrows it to mistakes with this text in them. */
export interface Departure {
  readonly operation: string
  readonly only: string
  readonly reason: string
}

export interface Recorder {
  /** Requests and answers held against the description so far. */
  readonly checked: number
  /** `jira getProjectRole`, of every operation that was called, the departures left out. */
  readonly used: ReadonlySet<string>
  /** Departures that excused something. */
  readonly departed: ReadonlySet<Departure>
  /** Holds every entry against the description. @throws Error at the first that differs: operation, field, message */
  check(entries: readonly JournalEntry[]): void
}

export function createRecorder(spec: Spec, departures: readonly Departure[]): Recorder {
  let checked = 0
  const [used, departed] = [new Set<string>(), new Set<Departure>()]
  const excused = (operation: string, mistake: string): boolean => {
    const departure = departures.find((each) => each.operation === operation && mistake.includes(each.only))
    if (departure) departed.add(departure)
    return departure !== undefined
  }
  return {
    get checked() {
      return checked
    },
    used,
    departed,
    check(entries) {
      for (const entry of entries) {
        const mistakes = mistakesOf(spec, entry)
        const mistake = mistakes.find((each) => !excused(entry.operation, each))
        if (mistake !== undefined) throw new Error(told(entry, mistake))
        if (mistakes.length > 0) continue
        used.add(`${entry.api} ${entry.operation}`)
        checked += 1
      }
    },
  }
}

function told({ method, path, operation, status }: JournalEntry, mistake: string): string {
  return `${operation}: ${mistake}\n  at ${method} ${path}, answered ${status}`
}

function mistakesOf(spec: Spec, entry: JournalEntry): string[] {
  const { recorded } = entry
  if (!recorded) return ['path: not one that the sandbox answers, or it was not recorded']
  const operation = spec.find(entry.api, entry.method, recorded.template)
  if (!operation) return [`path: ${recorded.template} is not described`]
  return [
    ...operation.checkPath(recorded.params).map((each) => `path: ${each}`),
    ...operation.checkQuery(queryOf(entry)).map((each) => `query: ${each}`),
    ...(recorded.sent === '' ? [] : operation.checkContentType(recorded.contentType)).map((each) => `header: ${each}`),
    ...operation.checkBody(sentBy(recorded)).map((each) => `body: ${each}`),
    ...operation.checkAnswer(entry.status, recorded.answered).map((each) => `answer: ${each}`),
  ]
}

function queryOf({ path }: JournalEntry): URLSearchParams {
  return new URL(path, 'http://sandbox').searchParams
}

function sentBy({ sent }: Recorded): unknown {
  return sent === '' ? undefined : JSON.parse(sent)
}

/** Tags of the big files whose operations manage access; every operation of the other files does. */
const tags = new Set([
  // jira-v3
  'Application roles',
  'Groups',
  'Project roles',
  'Project role actors',
  'Users',
  'User search',
  // confluence-v1 and -v2
  'Group',
  'Space permissions',
  'Space Permissions',
  'Space Roles',
])

interface Coverage {
  /** One line for each API: operations of access management that are described, answered, used. */
  readonly rows: readonly string[]
  /** `jira removeGroup`, with `(answered)` where the sandbox answers it. */
  readonly unused: readonly string[]
  readonly summary: string
}

/** @param answered `jira getProjectRole`, of every route of the sandbox */
export function coverageOf(spec: Spec, answered: ReadonlySet<string>, { used, checked }: Recorder): Coverage {
  const all = spec.operations()
  const relevant = all.filter((each) => managesAccess(each) || used.has(nameOf(each)))
  const count = (some: readonly Described[], names: ReadonlySet<string>) =>
    some.filter((each) => names.has(nameOf(each))).length
  const apis = [...new Set(relevant.map(({ api }) => api))]
  return {
    rows: apis.map((api) => {
      const own = relevant.filter((each) => each.api === api)
      const figures = [own.length, count(own, answered), count(own, used)]
      return `${api.padEnd(16)}${figures.map((figure) => String(figure).padStart(10)).join('')}`
    }),
    unused: relevant
      .filter((each) => !used.has(nameOf(each)))
      .map((each) => `${nameOf(each)}${answered.has(nameOf(each)) ? ' (answered)' : ''}`),
    summary: spec.distilled
      ? `${checked} requests and their answers are as the distilled contract says: ` +
        `${used.size} operations used, ${all.length} answered`
      : `${checked} requests and their answers are as Atlassian's OpenAPI files say: ` +
        `${used.size} operations used, ${count(relevant, answered)} answered, ${relevant.length} described`,
  }
}

/** The distilled contract has no tags: of Jira's and Confluence's only what was used counts there. */
function managesAccess({ api, tags: own }: Described): boolean {
  return (api !== 'jira' && api !== 'confluence') || own.some((tag) => tags.has(tag))
}

function nameOf({ api, operation }: Described): string {
  return `${api} ${operation}`
}
