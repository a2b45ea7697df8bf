import type { Group } from '../../core/directory.ts'
import { groupKey, type GroupRef } from '../../core/principal.ts'
import type { Resource, Scope } from '../../core/resource.ts'

export interface NamedGroup {
  readonly group: GroupRef
  readonly name: string
  /** Its record in the SCIM directory, where it is written there. */
  readonly provisionedId?: string
}
export type GroupScope = Scope<NamedGroup>
/** The group itself. `description` is written when it is made, and never compared: no API changes it. */
export type GroupResource = Resource<
  NamedGroup & { readonly description?: string; readonly managedBy?: 'Organization' | 'SCIM' },
  Record<string, never>
>

export const groupKind = 'AtlassianGroup'

/** The group as a scope of its own; of a promised group where it is not there yet. */
export function groupScope(group: Group | { readonly promised: string; readonly name: string }): GroupScope {
  const ref: GroupRef = 'promised' in group ? { promised: group.promised } : { groupId: group.groupId }
  const readOnly = 'promised' in group ? undefined : reasonNotToDelete(group)
  return {
    kind: groupKind,
    key: groupKey(ref),
    ref: {
      group: ref,
      name: group.name,
      ...('groupId' in group && group.provisionedId !== undefined && { provisionedId: group.provisionedId }),
    },
    title: `Group ${group.name}`,
    single: true,
    ...(readOnly !== undefined && { readOnly }),
  }
}

/** Deleting is the only write to a group that exists. */
function reasonNotToDelete({ readOnly, deletable, provisionedId }: Group): string | undefined {
  if (provisionedId !== undefined) return undefined
  if (readOnly !== undefined || deletable) return readOnly
  return 'a default or administrators group, which Atlassian does not let be deleted'
}

interface Making {
  readonly description?: string | undefined
  readonly managedBy?: 'Organization' | 'SCIM'
}

export function groupResource(scope: GroupScope, { description, managedBy }: Making = {}): GroupResource {
  return {
    scope,
    key: 'group',
    ref: { ...scope.ref, ...(description !== undefined && { description }), ...(managedBy && { managedBy }) },
    fields: {},
    title: 'the group itself',
    principal: { type: 'group', group: scope.ref.group },
  }
}
