import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { version } from '../config.ts'
import { compare } from '../core/resource.ts'
import type { State } from '../core/state.ts'
import { movesBefore, movesOf, type Move } from '../report/plan-moves.ts'
import { parseSavedPlan, savedPlanJson, type DeclarationMark, type SavedPlan } from '../report/saved-plan.ts'
import type { PlanView } from '../report/summary.ts'
import { replaceFile } from '../state/replace-file.ts'
import { stateText } from '../state/state-document.ts'
import type { Context } from './context.ts'
import type { Located } from './declaration.ts'
import type { Opened } from './pass.ts'

/** A saved plan that cannot be used as it was given. */
export class PlanFileError extends Error {
  override readonly name = 'PlanFileError'
  readonly code = 'PLAN_FILE'
}

/** A saved plan that was given instead of a declaration. */
export interface GivenPlan {
  /** As typed. */
  readonly file: string
  readonly saved: SavedPlan
  /** Of the declaration that it is of. */
  readonly paths: readonly string[]
}

export interface Saving {
  readonly out: string
  readonly paths: readonly string[]
  readonly views: readonly PlanView[]
  readonly opened: Opened
}

/** Writes a plan that `apply` can be given, readable by its owner only. */
export async function savePlan({ out, paths, views, opened }: Saving, { io, note }: Context): Promise<void> {
  const document = savedPlanJson({
    views,
    stateOf: (organization) => stateMark(opened.stateOf(organization)),
    declaration: declarationMark(opened.located),
    paths,
    tool: version(),
    nowMs: io.clock.now(),
  })
  const text = `${JSON.stringify(document, null, 2)}\n`
  await replaceFile(resolve(io.cwd, out), text)
  note(`Saved to ${out} (sha256 ${sha256(text)}). It names people and what they hold, and no secret.`)
}

/** The saved plan that stands first among the paths, if there is one. @throws PlanFileError */
export async function planGiven([file, ...rest]: readonly string[], cwd: string): Promise<GivenPlan | undefined> {
  if (file === undefined || !file.endsWith('.json')) return undefined
  const saved = parseSavedPlan(await readFile(resolve(cwd, file), 'utf8'))
  if (!saved) return undefined
  if ('problems' in saved) throw new PlanFileError(`${file} is no whole plan of this format: ${saved.problems[0]}`)
  const paths = rest.length > 0 ? rest : saved.paths
  // whoever wrote the file must not choose what else on this machine is read, or whom it makes Roster call
  const astray =
    rest.length > 0 ? undefined : paths.find((path) => isAbsolute(path) || path.split(/[\\/]/).includes('..'))
  if (astray !== undefined) {
    const remedy = ['roster apply', file, ...paths].join(' ')
    throw new PlanFileError(`${file} is of ${astray}, which leads out of the working directory: say so, ${remedy}`)
  }
  return { file, saved, paths }
}

/** What can be told before Atlassian is asked. */
export const movedBefore = ({ saved }: GivenPlan, { located }: Opened): readonly Move[] =>
  movesBefore(saved, { tool: version(), declaration: declarationMark(located) })

/** What a new look at one organization shows. */
export function movedSince({ saved }: GivenPlan, view: PlanView, opened: Opened): readonly Move[] {
  const planned = saved.organizations.find(({ name }) => name === view.organization)
  if (!planned) return [{ what: 'the declaration', how: `the plan is not of organization ${view.organization}` }]
  return movesOf(planned, view.plan, stateMark(opened.stateOf(view.organization)))
}

/** Approvals may come and go: what they let pass is compared as such. Nor does the order of fields say anything. */
function stateMark(state: State): string {
  const document = JSON.parse(stateText({ ...state, approvals: new Map() })) as unknown
  return sha256(JSON.stringify(document, (_, value: unknown) => (isRecord(value) ? inOrder(value) : value)))
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const inOrder = (record: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => compare(a, b)))

function declarationMark({ declaration: { files, texts }, source }: Located): DeclarationMark {
  const mark = (file: string): string => {
    const text = texts.get(file)
    return text === undefined ? 'unread' : sha256(text)
  }
  return { source, files: Object.fromEntries(files.map((file) => [file, mark(file)])) }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
