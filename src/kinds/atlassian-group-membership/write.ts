import { subject, type Change } from '../../core/change.ts'
import type { Batch, Refusals, WriteContext } from '../../core/kind.ts'
import type { Member } from '../../core/membership.ts'
import { PendingIdentityError } from '../../core/directory.ts'
import { RemoteError } from '../../core/remote-error.ts'
import { addMember, patchMembers, removeMember } from './api.ts'

/** Members of a group of the SCIM directory go out together, where their records are known; elsewhere a call takes one. */
export function batches(changes: readonly Change<Member>[]): readonly (readonly Change<Member>[])[] {
  const { together = [], alone = [] } = Object.groupBy(changes, (change) => {
    const { provisionedId, record } = subject(change).ref
    return provisionedId !== undefined && record !== undefined ? 'together' : 'alone'
  })
  return [...(together.length > 0 ? [together] : []), ...alone.map((change) => [change])]
}

/** @throws RemoteError, PendingIdentityError */
export async function write({ action, changes }: Batch<Member>, context: WriteContext): Promise<void | Refusals> {
  const { writer, identities } = context
  const provisionedId = changes[0] && subject(changes[0]).ref.provisionedId
  if (provisionedId !== undefined) return patch(provisionedId, { action, changes }, context)
  for (const change of changes) {
    const { group, account } = subject(change).ref
    const membership = { groupId: identities.groupId(group), accountId: identities.accountId(account) }
    await (action === 'delete' ? removeMember : addMember)(writer, membership)
  }
}

/** The answer shows the members: whoever is not as asked for was refused without a word. */
async function patch(groupId: string, { action, changes }: Batch<Member>, { writer }: WriteContext): Promise<Refusals> {
  const recordOf = (change: Change<Member>): string => {
    const { record } = subject(change).ref
    // made in this run: its record is read with the next one
    if (record === undefined) throw new PendingIdentityError('the record in the SCIM directory is not known yet')
    return record
  }
  const [op, wanted] = action === 'delete' ? (['remove', false] as const) : (['add', true] as const)
  const records = new Map(changes.map((change) => [change, recordOf(change)]))
  const now = await patchMembers(writer, groupId, { op, userIds: [...records.values()] })
  if (!now) return new Map()
  const request = 'PATCH /scim/directory/{directoryId}/Groups/{id}'
  const refused = [...records].filter(([, id]) => now.has(id) !== wanted)
  return new Map(
    refused.map(([change]) => [
      change,
      new RemoteError({ request, detail: 'the answer does not show it', effect: 'unknown' }),
    ]),
  )
}

const noRecord = 'the account has no record in the SCIM directory'

/** A group of the SCIM directory holds users of that directory only. */
export function objection(change: Change<Member>): string | undefined {
  const { provisionedId, record, account } = subject(change).ref
  const isKnown = 'accountId' in account
  return provisionedId !== undefined && isKnown && record === undefined ? noRecord : undefined
}
