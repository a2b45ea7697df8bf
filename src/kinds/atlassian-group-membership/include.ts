import type { Diagnostic } from '../../core/diagnostic.ts'
import type { DeclaredObject } from '../../core/kind.ts'
import { didYouMean } from '../../core/schema.ts'

export interface Including {
  readonly includes: readonly string[]
}

export interface Included<Spec> {
  readonly spec: Spec
  /** `contractors`, or `staff > contractors` where it is included by one that is included. */
  readonly through: string
  /** Of the line in the first manifest that leads there. */
  readonly path: readonly (string | number)[]
}

interface Step {
  readonly name: string
  /** Names from the first manifest to this one. */
  readonly trail: readonly string[]
  readonly path: readonly (string | number)[]
}

/** Every membership that `includes` leads to, each once; missing ones and circles are errors. */
export function included<Spec extends Including>(
  start: string,
  includes: readonly string[],
  siblings: ReadonlyMap<string, DeclaredObject<Spec>>,
): { readonly memberships: readonly Included<Spec>[]; readonly diagnostics: readonly Diagnostic[] } {
  const memberships = new Map<string, Included<Spec>>()
  const diagnostics = new Map<string, Diagnostic>()
  const steps: Step[] = includes.map((name, index) => ({ name, trail: [start], path: ['spec', 'includes', index] }))
  for (let step = steps.shift(); step; step = steps.shift()) {
    const { name, trail, path } = step
    const spec = siblings.get(name)?.spec
    const problem = problemOf(step, spec, siblings)
    if (problem) diagnostics.set(problem.message, problem)
    else if (spec && !memberships.has(name)) {
      const reached = [...trail, name]
      memberships.set(name, { spec, through: reached.slice(1).join(' > '), path })
      steps.push(...spec.includes.map((next) => ({ name: next, trail: reached, path })))
    }
  }
  return { memberships: [...memberships.values()], diagnostics: [...diagnostics.values()] }
}

function problemOf(
  { name, trail, path }: Step,
  spec: unknown,
  siblings: ReadonlyMap<string, unknown>,
): Diagnostic | undefined {
  if (trail.includes(name)) {
    const circle = [...trail.slice(trail.indexOf(name)), name].join(' > ')
    return {
      code: 'INVALID_SPEC',
      severity: 'error',
      message: `memberships include each other in a circle: ${circle}`,
      path,
    }
  }
  if (spec !== undefined) return undefined
  const hint = didYouMean(name, siblings.keys())
  const message = `no AtlassianGroupMembership is named "${name}"`
  return { code: 'UNKNOWN_REFERENCE', severity: 'error', message, path, ...hint }
}
