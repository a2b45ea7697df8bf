import { subject } from '../../core/change.ts'
import type { Batch, WriteContext } from '../../core/kind.ts'
import { normalName } from '../../core/principal.ts'
import { poll } from '../poll.ts'
import { isAppRoleGrant, type AppRoleGrant } from './app-role.ts'
import { createGroup, createScimGroup, deleteGroup, deleteScimGroup, groupIdsNamed, setRoleAssignment } from './api.ts'
import type { GroupResource } from './group.ts'

/** @throws RemoteError, PendingIdentityError */
export async function write(
  { action, changes }: Batch<GroupResource | AppRoleGrant>,
  context: WriteContext,
): Promise<void> {
  for (const change of changes) {
    const resource = subject(change)
    if (isAppRoleGrant(resource)) await grant(resource, action !== 'delete', context)
    else if (action === 'delete') await remove(resource as GroupResource, context)
    else await make(resource as GroupResource, context)
  }
}

async function grant({ ref }: AppRoleGrant, isGranted: boolean, { writer, identities }: WriteContext): Promise<void> {
  const { group, resourceId, role } = ref
  await setRoleAssignment(writer, identities.groupId(group), { resourceId, role, isGranted })
}

async function remove({ ref }: GroupResource, { writer, identities }: WriteContext): Promise<void> {
  if (ref.provisionedId === undefined) await deleteGroup(writer, identities.groupId(ref.group))
  else await deleteScimGroup(writer, ref.provisionedId)
}

/** Whose id cannot be found for certain is not learned: grants to it wait for the next run. */
async function make({ ref }: GroupResource, context: WriteContext): Promise<void> {
  const { writer, reader, identities } = context
  const { name, description, managedBy } = ref
  // its members go to the SCIM directory too, which the next run knows it by: so the id is not learned here
  if (managedBy === 'SCIM') return createScimGroup(writer, name)
  await createGroup(writer, { name, ...(description !== undefined && { description }) })
  const groupId = await poll(async () => {
    const ids = await groupIdsNamed(reader, name)
    return ids.length === 1 ? ids[0] : undefined
  }, context)
  if (groupId !== undefined) identities.learnGroup(normalName(name), groupId)
}
