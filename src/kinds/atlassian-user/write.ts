import type { Change } from '../../core/change.ts'
import type { WriteContext } from '../../core/kind.ts'
import { poll } from '../poll.ts'
import type { AccountResource } from './account.ts'
import * as api from './api.ts'
import { moveToPolicy } from './policy-api.ts'
import { scimOperations } from './profile.ts'

/** @throws RemoteError, PendingIdentityError */
export async function writeAccount(change: Change<AccountResource>, context: WriteContext): Promise<void> {
  if (change.action === 'delete') throw new Error('accounts are never deleted')
  if (change.action === 'create') await create(change.after, context)
  else await update(change.before, change.after, context)
}

async function create({ ref, fields }: AccountResource, context: WriteContext): Promise<void> {
  await bringIn(ref.email, fields, context)
  const policyId = fields['authenticationPolicyId']
  if (typeof policyId === 'string') await moveToPolicy(context.writer, { policyId, email: ref.email }, context)
}

/** Whose id is not known in time is not learned: grants to the account are pending, and the next run finds it. */
async function bringIn(email: string, fields: AccountResource['fields'], context: WriteContext): Promise<void> {
  const { writer, reader, directory, identities } = context
  const known = await (directory.provisioningMethod === 'SCIM'
    ? api.createScimUser(writer, email, fields)
    : api.invite(writer, email))
  const accountId = known ?? (await poll(() => api.findAccountId(reader, email), context))
  if (accountId !== undefined) identities.learnAccount(email, accountId)
}

async function update(before: AccountResource, after: AccountResource, context: WriteContext): Promise<void> {
  await changeAccount(before, after, context)
  await changeAccess(after, context)
  const policyId = after.fields['authenticationPolicyId']
  if (typeof policyId === 'string' && policyId !== before.fields['authenticationPolicyId']) {
    await moveToPolicy(context.writer, { policyId, email: before.ref.email }, context)
  }
}

/** The account itself: through its SCIM record, which locks all other ways (reference section 3.5), or else by its life cycle. */
async function changeAccount(before: AccountResource, after: AccountResource, context: WriteContext): Promise<void> {
  const { writer, identities } = context
  const accountId = identities.accountId(before.ref.account)
  const from = before.fields['state']
  const to = after.fields['state'] ?? from
  if (from === 'NotInvited' && to === 'Active') return bringIn(before.ref.email, after.fields, context)
  const record = await recordOf(accountId, before, context)
  if (record) {
    const operations = scimOperations(before.fields, after.fields)
    if (operations.length > 0) await api.patchScimUser(writer, record.id, operations)
  } else if (from !== to) {
    if (to === 'Deactivated') await api.disable(writer, accountId)
    if (from === 'Deactivated') await api.enable(writer, accountId)
  }
}

/** Its access to this organization, which an account can lack and still be active. */
async function changeAccess({ ref, fields }: AccountResource, { writer, directory, identities }: WriteContext) {
  const accountId = identities.accountId(ref.account)
  const isSuspended = directory.accountById(accountId)?.status === 'suspended'
  if (fields['state'] === 'Suspended' && !isSuspended) await api.suspend(writer, accountId)
  if (fields['state'] === 'Active' && isSuspended) await api.restore(writer, accountId)
}

/** The directory knows the records only where a manifest needs one; reactivating an account can need one more. */
async function recordOf(accountId: string, { ref, fields }: AccountResource, { directory, reader }: WriteContext) {
  const known = directory.accountById(accountId)?.provisioned
  if (known || directory.provisioningMethod !== 'SCIM' || fields['state'] !== 'Deactivated') return known
  return api.findScimUser(reader, ref.email)
}
