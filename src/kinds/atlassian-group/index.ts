import { subject } from '../../core/change.ts'
import type { Unread } from '../../core/directory.ts'
import { defineKind, type Batch, type ObserveContext, type WriteContext } from '../../core/kind.ts'
import { groupKey, normalName } from '../../core/principal.ts'
import type { Scope } from '../../core/resource.ts'
import { poll } from '../poll.ts'
import { createGroup, deleteGroup, groupIdsNamed } from './api.ts'
import { expand } from './expand.ts'
import { groupKind, groupResource, type GroupResource, type GroupScope } from './group.ts'
import { AtlassianGroupSpec } from './schema.ts'

export const atlassianGroup = defineKind<typeof AtlassianGroupSpec, undefined, GroupResource>({
  name: groupKind,
  schema: AtlassianGroupSpec,
  description: 'A group, without its members.',
  needs: ({ name }) => ({ groupNames: new Set([normalName(name)]) }),
  promises: ({ name }) => ({ group: name }),
  expand,
  observe,
  write,
  realize(resource, identities) {
    const group = { groupId: identities.groupId(resource.ref.group) }
    const scope = { ...resource.scope, key: groupKey(group), ref: { group, name: resource.ref.name } }
    return { ...resource, scope, ref: { ...resource.ref, group }, principal: { type: 'group', group } }
  },
})

/** No calls: the directory was loaded with every group that is declared. */
async function observe(
  scopes: readonly Scope[],
  { directory }: ObserveContext,
): Promise<ReadonlyMap<string, readonly GroupResource[] | Unread>> {
  const groups = (scopes as readonly GroupScope[]).map((scope) => {
    const { group: ref, name } = scope.ref
    const group = 'promised' in ref ? directory.group(name) : directory.groupById(ref.groupId)
    return [scope.key, group ? [groupResource(scope)] : (directory.unread.groups ?? [])] as const
  })
  return new Map(groups)
}

async function write({ action, changes }: Batch<GroupResource>, context: WriteContext): Promise<void> {
  for (const change of changes) {
    const { group, name, description } = subject(change).ref
    if (action === 'delete') await deleteGroup(context.writer, context.identities.groupId(group))
    else await make({ name, ...(description !== undefined && { description }) }, context)
  }
}

/** Whose id cannot be found for certain is not learned: grants to it wait for the next run. */
async function make(group: { readonly name: string; readonly description?: string }, context: WriteContext) {
  const { writer, reader, identities } = context
  await createGroup(writer, group)
  const groupId = await poll(async () => {
    const ids = await groupIdsNamed(reader, group.name)
    return ids.length === 1 ? ids[0] : undefined
  }, context)
  if (groupId !== undefined) identities.learnGroup(normalName(group.name), groupId)
}
