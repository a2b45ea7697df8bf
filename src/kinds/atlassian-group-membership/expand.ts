import type { Diagnostic } from '../../core/diagnostic.ts'
import { isError } from '../../core/diagnostic.ts'
import type { DeclaredObject, Demand, Entry, ExpandContext } from '../../core/kind.ts'
import { member, membersScope, type Member, type MembersScope } from '../../core/membership.ts'
import { resolveAccount, resolveGroup } from '../../core/subject.ts'
import { asWarning } from '../principals.ts'
import { entryTerms } from '../terms.ts'
import { included } from './include.ts'
import { ruleProblems } from './rules.ts'
import type { AtlassianGroupMembershipSpec } from './schema.ts'

type Spec = AtlassianGroupMembershipSpec
type Context = ExpandContext<Spec, undefined>

interface Demanded {
  readonly entries: readonly Entry<Member>[]
  readonly diagnostics: readonly Diagnostic[]
}

/** One scope, the members of the group; an entry for each member, its own and those of the memberships it includes. */
export function expand({ manifest, spec }: DeclaredObject<Spec>, context: Context): Demand<Member> {
  const group = resolveGroup(spec.group, context, ['spec', 'group'])
  if ('problem' in group) return unresolved(group.problem, { manifest, spec })
  const scope = scopeFor(membersScope(group.found), spec)
  if (manifest.retired) {
    const authority = spec.authority === 'Observe' ? 'Observe' : 'Additive'
    return { claims: [{ scope, authority }], entries: [], diagnostics: [] }
  }
  const own = membersOf(spec, scope, context)
  const others = includedMembers({ manifest, spec }, scope, context)
  return {
    claims: [{ scope, authority: spec.authority }],
    entries: [...own.entries, ...others.entries],
    diagnostics: [
      ...ruleProblems(spec),
      ...(group.finding ? [group.finding] : []),
      ...own.diagnostics,
      ...others.diagnostics,
    ],
  }
}

/** The group of a retired manifest may have gone with it. One that could not be looked up is no reason to forget. */
function unresolved(problem: Diagnostic, { manifest, spec }: DeclaredObject<Spec>): Demand<Member> {
  const gone = manifest.retired && problem.code !== 'IDENTITIES_UNREAD'
  if (gone) return { claims: [], entries: [], diagnostics: [asWarning(problem)] }
  return { claims: [], entries: [], diagnostics: [...ruleProblems(spec), problem], unclaimed: true }
}

function scopeFor(scope: MembersScope, { allowDefaultGroups }: Spec): MembersScope {
  const { guarded, ...open } = scope
  return guarded === undefined || !allowDefaultGroups ? scope : open
}

function membersOf(spec: Spec, scope: MembersScope, context: Context): Demanded {
  const entries: Entry<Member>[] = []
  const diagnostics: Diagnostic[] = []
  for (const [index, each] of spec.members.entries()) {
    const path = ['spec', 'members', index]
    const account = resolveAccount(each, context, path)
    const ending = entryTerms(each, path, context.nowMs)
    diagnostics.push(...ending.diagnostics)
    if ('problem' in account) {
      diagnostics.push(account.problem)
      continue
    }
    if (account.finding) diagnostics.push(account.finding)
    entries.push({ resource: member(scope, account.found), path, ...ending.terms })
  }
  return { entries, diagnostics }
}

/** Members by way of other manifests. Their mistakes are ours too: who they meant would else count as undeclared. */
function includedMembers({ manifest, spec }: DeclaredObject<Spec>, scope: MembersScope, context: Context): Demanded {
  const { memberships, diagnostics } = included(manifest.name, spec.includes, context.siblings)
  const demanded = memberships.map(({ spec: other, through, path }): Demanded => {
    const { entries, diagnostics: found } = membersOf(other, scope, context)
    const errors = [...ruleProblems(other), ...found].filter(isError)
    return {
      entries: entries.map((each) => ({ ...each, path, notes: [`through ${through}`, ...(each.notes ?? [])] })),
      diagnostics: errors.map((each) => ({ ...each, path, message: `in "${through}": ${each.message}` })),
    }
  })
  return {
    entries: demanded.flatMap(({ entries }) => entries),
    diagnostics: [...diagnostics, ...demanded.flatMap((each) => each.diagnostics)],
  }
}
