import type { SpecOperation } from '../src/sandbox/contract-operation.builder.ts'
import type { Spec } from '../src/sandbox/contract-spec.builder.ts'
import type { JournalEntry, Recorded } from '../src/sandbox/journal.ts'
import { headerMistakes } from './contract-headers.builder.ts'

/** A mismatch that is meant. `only` narrows it to mistakes with this text in them. */
export interface Departure {
  readonly operation: string
  readonly only: string
  readonly reason: string
}

export interface Recorder {
  /** Requests and answers held against the description so far. */
  readonly checked: number
  /** `jira getProjectRole`, of every operation that Roster called. */
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
      for (const entry of entries.filter(isDescribed)) {
        const mistakes = mistakesOf(spec, entry)
        const mistake = mistakes.find((each) => !excused(entry.operation, each))
        if (mistake !== undefined) throw new Error(told(entry, mistake))
        checked += 1
        if (isRoster(entry)) used.add(`${entry.api} ${entry.operation}`)
      }
    },
  }
}

/** No file of Atlassian's that is held here describes OAuth, API access or a site's own pages. */
function isDescribed({ api, status }: JournalEntry): boolean {
  return !['oauth', 'api-access', 'site'].includes(api) || status === 501
}

function isRoster({ recorded }: JournalEntry): boolean {
  return /^roster\b/.test(recorded?.headers['user-agent'] ?? '')
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
    ...headerMistakes(entry, operation).map((each) => `header: ${each}`),
    ...operation.checkBody(sentBy(recorded)).map((each) => `body: ${each}`),
    ...answerMistakes(entry, recorded, operation).map((each) => `answer: ${each}`),
  ]
}

/** What a fault answers is no answer of Atlassian's. */
function answerMistakes({ status }: JournalEntry, { faulted, answered }: Recorded, operation: SpecOperation): string[] {
  return faulted ? [] : operation.checkAnswer(status, answered)
}

function queryOf({ path }: JournalEntry): URLSearchParams {
  return new URL(path, 'http://sandbox').searchParams
}

function sentBy({ sent }: Recorded): unknown {
  return sent === '' ? undefined : JSON.parse(sent)
}
