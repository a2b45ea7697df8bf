import { subject, type Change } from '../../core/change.ts'
import type { Batch, Refusals, WriteContext } from '../../core/kind.ts'
import { RemoteError } from '../../core/remote-error.ts'
import type { Fields, Json } from '../../core/resource.ts'
import { poll } from '../poll.ts'
import { organizationAdminRole, type AccountResource } from './account.ts'
import * as api from './api.ts'
import * as managed from './managed-api.ts'
import { moveToPolicy } from './policy-api.ts'
import { scimOperations } from './profile.ts'

type AccountChange = Change<AccountResource>
type Update = AccountChange & { readonly action: 'update' }

/**
 * New people go out together, and so do those who only change their policy; anything else is one account at a time.
 * Lanes are batches: the order of accounts does not matter.
 */
export function lanes(changes: readonly AccountChange[]): readonly (readonly AccountChange[])[] {
  const groups = Map.groupBy(changes, (change) => {
    if (change.action === 'create') return 'new'
    return isMove(change) ? `to ${policyOf(change)}` : subject(change).scope.key
  })
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / api.invitationsPerCall) }, (_, index) =>
      group.slice(index * api.invitationsPerCall, (index + 1) * api.invitationsPerCall),
    ),
  )
}

const isMove = (change: AccountChange): boolean =>
  change.action === 'update' && changedFields(change).join() === 'authenticationPolicyId'

function changedFields({ before, after }: Update): readonly string[] {
  return Object.keys(after.fields).filter((field) => after.fields[field] !== before.fields[field])
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
/** Empty where none is declared. */
const policyOf = (change: AccountChange): string => textOf(subject(change).fields['authenticationPolicyId'])

/** @throws RemoteError, PendingIdentityError */
export async function writeAccounts(
  { action, changes }: Batch<AccountResource>,
  context: WriteContext,
): Promise<Refusals> {
  if (action === 'delete') throw new Error('accounts are never deleted')
  if (action === 'create') return create(changes, context)
  const updates = changes.filter((change): change is Update => change.action === 'update')
  if (updates.every(isMove)) return move(updates, context)
  for (const change of updates) await update(change, context)
  return new Map()
}

async function create(changes: readonly AccountChange[], context: WriteContext): Promise<Refusals> {
  const byEmail = new Map(changes.map((change) => [subject(change).ref.email, change]))
  const refused =
    context.directory.provisioningMethod === 'SCIM'
      ? await provision(byEmail, context)
      : await inviteAll([...byEmail.keys()], context)
  const here = changes.filter((change) => !refused.has(subject(change).ref.email))
  const moved = await move(here, context)
  return new Map([...moved, ...[...refused].map(([email, error]) => [byEmail.get(email)!, error] as const)])
}

/** One after the other: the SCIM API publishes no limit, and is said to want little at a time (reference 10.4). */
async function provision(byEmail: ReadonlyMap<string, AccountChange>, context: WriteContext) {
  const refused = new Map<string, RemoteError>()
  for (const [email, change] of byEmail) {
    try {
      const accountId = await api.createScimUser(context.writer, email, subject(change).fields)
      if (accountId === undefined) await learn([email], context)
      else context.identities.learnAccount(email, accountId)
    } catch (error) {
      if (!(error instanceof RemoteError) || byEmail.size === 1) throw error
      refused.set(email, error)
    }
  }
  return refused
}

async function inviteAll(emails: readonly string[], context: WriteContext): Promise<ReadonlyMap<string, RemoteError>> {
  const answers = await api.invite(context.writer, emails)
  const [refused, unknown] = [new Map<string, RemoteError>(), [] as string[]]
  for (const email of emails) {
    const answer = answers.get(email)
    if (answer instanceof RemoteError) refused.set(email, answer)
    else if (answer === undefined) unknown.push(email)
    else context.identities.learnAccount(email, answer)
  }
  await learn(unknown, context)
  return refused
}

/** Whose id cannot be found in time is not learned: grants to the account are pending, and the next run finds it. */
async function learn(emails: readonly string[], context: WriteContext): Promise<void> {
  const missing = new Set(emails)
  if (missing.size === 0) return
  await poll(async () => {
    for (const [email, accountId] of await api.findAccountIds(context.reader, [...missing])) {
      context.identities.learnAccount(email, accountId)
      missing.delete(email)
    }
    return missing.size === 0 ? true : undefined
  }, context)
}

/** The accounts whose policy is declared, one call a policy. */
async function move(changes: readonly AccountChange[], context: WriteContext): Promise<Refusals> {
  const refusals = new Map<AccountChange, RemoteError>()
  for (const [policyId, group] of Map.groupBy(changes, policyOf)) {
    if (policyId === '') continue
    const byEmail = new Map(group.map((change) => [subject(change).ref.email, change]))
    const refused = await moveToPolicy(context.writer, { policyId, emails: [...byEmail.keys()] }, context)
    for (const [email, error] of refused) refusals.set(byEmail.get(email)!, error)
  }
  return refusals
}

async function update(change: Update, context: WriteContext): Promise<void> {
  const { before, after } = change
  const { writer, identities } = context
  await changeAccount(change, context)
  await changeAccess(after, context)
  const isAdmin = after.fields['organizationAdmin']
  if (typeof isAdmin === 'boolean' && isAdmin !== before.fields['organizationAdmin']) {
    await api.setOrganizationRole(writer, identities.accountId(before.ref.account), organizationAdminRole, isAdmin)
  }
  if (!changedFields(change).includes('authenticationPolicyId')) return
  for (const refusal of (await move([change], context)).values()) throw refusal
}

/** The account itself: through its SCIM record, which locks all other ways (reference section 3.5), or else as managed. */
async function changeAccount(change: Update, context: WriteContext): Promise<void> {
  const { before, after } = change
  const { writer, identities } = context
  const accountId = identities.accountId(before.ref.account)
  const from = before.fields['state']
  if (from === 'NotInvited' && after.fields['state'] === 'Active') {
    for (const refusal of (await inviteAll([before.ref.email], context)).values()) throw refusal
    return
  }
  const record = await recordOf(accountId, before, context)
  if (record) {
    const operations = scimOperations(before.fields, after.fields)
    if (operations.length > 0) await api.patchScimUser(writer, record.id, operations)
  } else await changeManaged(accountId, change, context)
}

/** An account is opened before anything else about it can be written, and closed after. */
async function changeManaged(accountId: string, change: Update, { writer }: WriteContext): Promise<void> {
  const { before, after } = change
  const [from, to = from] = [before.fields['state'], after.fields['state']]
  const changed = changedFields(change)
  if (from === 'Deactivated' && to !== from) await managed.enable(writer, accountId)
  const profile = pick(after.fields, changed.filter(managed.isManagedField))
  if (Object.keys(profile).length > 0) await managed.patchProfile(writer, accountId, profile)
  if (changed.includes('email')) await managed.setEmail(writer, accountId, textOf(after.fields['email']))
  if (to === 'Deactivated' && to !== from) await managed.disable(writer, accountId)
}

const pick = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, fields[name]!]))

/** Its access to this organization, which an account can lack and still be active. */
async function changeAccess({ ref, fields }: AccountResource, { writer, directory, identities }: WriteContext) {
  const accountId = identities.accountId(ref.account)
  const isSuspended = directory.accountById(accountId)?.status === 'suspended'
  if (fields['state'] === 'Suspended' && !isSuspended) await api.suspend(writer, accountId)
  if (fields['state'] === 'Active' && isSuspended) await api.restore(writer, accountId)
}

/** The directory knows the records only where a manifest needs one; reactivating an account can need one more. */
async function recordOf(accountId: string, { ref, fields }: AccountResource, { directory, reader }: WriteContext) {
  const account = directory.accountById(accountId)
  const known = account?.provisioned
  if (known || directory.provisioningMethod !== 'SCIM' || fields['state'] !== 'Deactivated') return known
  return api.findScimUser(reader, account?.email ?? ref.email)
}
