import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { subject, type Change } from '../core/change.ts'
import type { PlanScope } from '../core/plan.ts'
import { resourceId } from '../core/resource.ts'
import { compile, MapOf } from '../core/schema.ts'
import { formatVersion, scopeJson } from './plan-json.ts'
import { summarize, type PlanView } from './summary.ts'

const text = Type.String({ maxLength: 4096 })
const sha256Text = Type.String({ pattern: '^[0-9a-f]{64}$' })

/** What an apply holds the world against; the rest of the file is for people. docs/json/saved-plan.schema.json has all of it. */
const schema = Type.Object({
  formatVersion: Type.String({ pattern: '^1\\.[0-9]+$' }),
  type: Type.Literal('saved-plan'),
  tool: text,
  paths: Type.Array(text),
  declaration: Type.Object({ source: text, files: MapOf(Type.String({ pattern: '^([0-9a-f]{64}|unread)$' })) }),
  organizations: Type.Array(
    Type.Object({
      name: text,
      state: sha256Text,
      scopes: Type.Array(
        Type.Object({
          kind: text,
          key: text,
          title: text,
          digest: text,
          passes: Type.Optional(sha256Text),
          changes: Type.Array(Type.Object({ action: text })),
        }),
      ),
    }),
  ),
})

/** A plan as it was written with `--out`: it names what it rests on, and holds neither addresses to call nor secrets. */
export type SavedPlan = Static<typeof schema>
export type SavedOrganization = SavedPlan['organizations'][number]
export type SavedScope = SavedOrganization['scopes'][number]

/** The declaration that a plan was made of. */
export interface DeclarationMark {
  /** Where it comes from, as the state names it. */
  readonly source: string
  /** SHA-256 of each file by its name, sorted; `unread` where it was refused. */
  readonly files: Readonly<Record<string, string>>
}

export interface PlanToSave {
  readonly views: readonly PlanView[]
  /** SHA-256 of the state that each organization's plan rests on. */
  readonly stateOf: (organization: string) => string
  readonly declaration: DeclarationMark
  /** As typed. */
  readonly paths: readonly string[]
  /** Version of the program. */
  readonly tool: string
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/** docs/json/saved-plan.schema.json */
export function savedPlanJson({ views, stateOf, declaration, paths, tool, nowMs }: PlanToSave): object {
  return {
    formatVersion,
    type: 'saved-plan',
    tool,
    madeAt: new Date(nowMs).toISOString(),
    paths,
    declaration,
    organizations: views.map((view) => ({
      name: view.organization,
      digest: view.plan.digest,
      state: stateOf(view.organization),
      summary: summarize(view.plan),
      scopes: view.plan.scopes.filter(isWorthSaving).map((scope) => savedScope(scope, view)),
    })),
  }
}

const isWorthSaving = ({ changes, held, unread }: PlanScope): boolean =>
  changes.length + held.length > 0 || unread !== undefined

const savedScope = (scope: PlanScope, view: PlanView): object => ({
  ...scopeJson(scope, view),
  ...(scope.changes.length > 0 && { passes: passes(scope) }),
})

/** Names exactly the changes of a scope that may be made: SHA-256, 64 digits. */
export function passes({ changes }: Pick<PlanScope, 'changes'>): string {
  const essence = (change: Change) => [
    change.action,
    resourceId(subject(change)),
    change.action === 'delete' ? null : change.after.fields,
  ]
  const sorted = changes.map((change) => JSON.stringify(essence(change))).toSorted()
  return createHash('sha256').update(sorted.join('\n')).digest('hex')
}

const parse = compile(schema)

/** Undefined where the text is no saved plan at all; a list of what is wrong where it is a damaged one. */
export function parseSavedPlan(written: string): SavedPlan | { readonly problems: readonly string[] } | undefined {
  const value = jsonOf(written)
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'saved-plan') return undefined
  const parsed = parse(value)
  return 'spec' in parsed ? parsed.spec : { problems: parsed.problems.map(({ message }) => message) }
}

function jsonOf(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
