import type { WriteContext } from '../../core/kind.ts'
import { RemoteError } from '../../core/remote-error.ts'
import { pairOf } from './access.ts'
import { addPermission, readPermissions, readSpaceKey, removePermission } from './api.ts'
import type { PermissionSubject, SpaceRef } from './api.ts'
import { isWritable, nextPermissionStep, readSpace, type PermissionStep } from './permissions.ts'

export interface WantedPermissions {
  readonly subject: PermissionSubject
  /** `key/target`; empty, or with `read/space`. */
  readonly wanted: ReadonlySet<string>
}

type Io = Pick<WriteContext, 'reader' | 'writer'>

/**
 * Brings one holder's single permissions in a space to exactly `wanted` (reference section 9.4). The server adds and
 * drops companions, and says 400 to what is there already: so the set is read after every write, and the read decides.
 *
 * @throws RemoteError when a write did not show in the next read, or the set does not settle
 */
export async function setPermissions(io: Io, space: SpaceRef, { subject, wanted }: WantedPermissions): Promise<void> {
  const place = { site: space.site, spaceKey: await readSpaceKey(io.reader, space) }
  let rows = await readRows(io, space, subject)
  let tried: { readonly step: PermissionStep; readonly error: RemoteError } | undefined
  // each pair can be set, dropped by a companion, and set again
  for (let left = 3 * (rows.size + wanted.size) + 10; left > 0; left -= 1) {
    const step = nextPermissionStep(new Set(rows.keys()), wanted)
    if (!step) return
    if (tried && sameStep(tried.step, step)) throw tried.error
    const write =
      'add' in step
        ? addPermission(io.writer, place, subject, step.add)
        : removePermission(io.writer, place, rows.get(step.remove)!)
    const error = await failureOf(write)
    tried = error && { step, error }
    // may have been the caller's own access: there is nothing left to see
    if ('remove' in step && step.remove === readSpace && !error) return
    rows = await readRows(io, space, subject)
  }
  throw new RemoteError({
    request: 'POST /wiki/rest/api/space/{spaceKey}/permission',
    effect: 'unknown',
    detail: 'the permissions do not settle: the server keeps adding or dropping some',
  })
}

/** Row id by pair, of one holder. What cannot be written stays, and goes with `read/space`. */
async function readRows(
  { reader }: Io,
  space: SpaceRef,
  { type, identifier }: PermissionSubject,
): Promise<ReadonlyMap<string, string>> {
  const rows = await readPermissions(reader, space)
  const own = rows.filter(({ principal }) => principal.type === type && principal.id === identifier)
  return new Map(own.map((row) => [pairOf(row), row.id] as const).filter(([pair]) => isWritable(pair)))
}

/** What a read can clear up: it was there already, it was not there, or nobody knows. */
async function failureOf(write: Promise<void>): Promise<RemoteError | undefined> {
  try {
    await write
    return undefined
  } catch (error) {
    const unclear =
      error instanceof RemoteError &&
      (error.failure.effect === 'unknown' || error.status === 400 || error.status === 404)
    if (!unclear) throw error
    return error
  }
}

const sameStep = (a: PermissionStep, b: PermissionStep): boolean =>
  'add' in a ? 'add' in b && a.add === b.add : 'remove' in b && a.remove === b.remove
