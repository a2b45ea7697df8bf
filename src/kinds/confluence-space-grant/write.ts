import { subject, type Change } from '../../core/change.ts'
import type { Batch, WriteContext } from '../../core/kind.ts'
import { isPromised, principalKey, type Principal } from '../../core/principal.ts'
import { realizePrincipal } from '../principals.ts'
import type { Access, AccessFields } from './access.ts'
import {
  readRoleAssignments,
  setRoleAssignments,
  type PermissionSubject,
  type RoleEntry,
  type SpaceRef,
} from './api.ts'
import { setPermissions } from './set-permissions.ts'

/**
 * Roles go out together, since the call takes an array. Single permissions are a sequence of calls for each holder. Who
 * exists only once the run is done goes alone, so that nobody waits for a pending invitation.
 */
export function batches(changes: readonly Change<Access>[]): readonly (readonly Change<Access>[])[] {
  const together = Map.groupBy(changes, (change) => {
    const { holder } = subject(change).ref
    return isRoleOnly(change) && !isPromised(holder) ? 'roles' : principalKey(holder)
  })
  return [...together.values()]
}

const before = (change: Change<Access>) => (change.action === 'create' ? undefined : change.before.fields)
const after = (change: Change<Access>) => (change.action === 'delete' ? undefined : change.after.fields)
const permissionsIn = (fields?: AccessFields) => (fields && 'permissions' in fields ? fields.permissions : undefined)
const roleIn = (fields?: AccessFields) => (fields && 'role' in fields ? fields.role : undefined)

const isRoleOnly = (change: Change<Access>): boolean =>
  permissionsIn(before(change)) === undefined && permissionsIn(after(change)) === undefined

/** @throws RemoteError, PendingIdentityError */
export async function write({ changes }: Batch<Access>, context: WriteContext): Promise<void> {
  const [first] = changes
  if (!first) return
  const space = subject(first).ref
  if (changes.every(isRoleOnly)) {
    const entries = changes.map((change) => roleEntry(holderOf(change, context), roleIn(after(change))))
    await setRoleAssignments(context.writer, space, entries)
    return
  }
  for (const change of changes) await replaceAccess(space, change, context)
}

/** From one form to another what is there must go first: they exclude each other. */
async function replaceAccess(space: SpaceRef, change: Change<Access>, context: WriteContext): Promise<void> {
  const holder = holderOf(change, context)
  const permissions = permissionsIn(after(change))
  const role = roleIn(after(change))
  if (permissions) {
    if (roleIn(before(change)) !== undefined) await setRoleAssignments(context.writer, space, [roleEntry(holder)])
    await setPermissions(context, space, { subject: holder, wanted: new Set(permissions) })
    return
  }
  await setPermissions(context, space, { subject: holder, wanted: new Set() })
  if (role === undefined) return
  try {
    await setRoleAssignments(context.writer, space, [roleEntry(holder, role)])
  } catch (error) {
    await giveBack(space, { subject: holder, wanted: new Set(permissionsIn(before(change))) }, context)
    throw error
  }
}

/** Nobody is left with nothing because the second step failed: what was taken is given back, unless the role is there. */
async function giveBack(
  space: SpaceRef,
  taken: Parameters<typeof setPermissions>[2],
  context: WriteContext,
): Promise<void> {
  const assignments = await readRoleAssignments(context.reader, space)
  const isThere = assignments.some(({ principal }) => principal.principalId === taken.subject.identifier)
  if (!isThere) await setPermissions(context, space, taken)
}

function holderOf(change: Change<Access>, { identities }: WriteContext): PermissionSubject {
  const principal: Principal = realizePrincipal(subject(change).ref.holder, identities)
  if (principal.type === 'user') return { type: 'user', identifier: identities.accountId(principal.account) }
  if (principal.type === 'group') return { type: 'group', identifier: identities.groupId(principal.group) }
  throw new Error(`an access class is never declared, so it cannot be written: ${principal.id}`)
}

const roleEntry = ({ type, identifier }: PermissionSubject, roleId?: string): RoleEntry => ({
  principalType: type === 'user' ? 'USER' : 'GROUP',
  principalId: identifier,
  ...(roleId !== undefined && { roleId }),
})
