import type { Diagnostic } from '../../core/diagnostic.ts'
import type { DeclaredObject, Demand, ExpandContext } from '../../core/kind.ts'
import { normalName } from '../../core/principal.ts'
import { groupResource, groupScope, type GroupResource } from './group.ts'
import type { AtlassianGroupSpec } from './schema.ts'

type Spec = AtlassianGroupSpec
type Context = ExpandContext<Spec, undefined>

const nothing: Demand<GroupResource> = { claims: [], entries: [], diagnostics: [] }

/** One scope, the group. It is only claimed where it is demanded or is to be deleted, so that nothing else removes it. */
export function expand({ manifest, spec }: DeclaredObject<Spec>, { directory }: Context): Demand<GroupResource> {
  const group = directory.group(spec.name)
  const { groups: unread } = directory.unread
  if (!group && unread) {
    const message = `groups were not read (${unread.message}): "${spec.name}"`
    return {
      ...nothing,
      diagnostics: [{ code: 'IDENTITIES_UNREAD', severity: 'error', message, path: ['spec', 'name'] }],
    }
  }
  if (manifest.retired) {
    if (!group || spec.deletionPolicy === 'Retain') return nothing
    return { ...nothing, claims: [{ scope: groupScope(group), authority: 'Authoritative' }] }
  }
  const scope = groupScope(group ?? { promised: normalName(spec.name), name: spec.name })
  return {
    claims: [{ scope, authority: 'Additive' }],
    entries: [{ resource: groupResource(scope, spec.description), path: ['spec'] }],
    diagnostics: group ? unwritable(spec, group.description) : [],
  }
}

function unwritable({ description }: Spec, found: string | undefined): readonly Diagnostic[] {
  if (description === undefined || description === (found ?? '')) return []
  const message = 'the description differs, and no API of Atlassian changes the description of a group'
  const hint = 'change it at admin.atlassian.com, or here'
  return [{ code: 'NOT_WRITABLE', severity: 'warning', message, path: ['spec', 'description'], hint }]
}
