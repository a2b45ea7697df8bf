import { stringsOf, textOf } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { appsOf } from '../../world-apps.ts'
import { statusOf } from '../../world-directory.ts'
import type { Account, WorldState } from '../../world-state.ts'

type Question = Readonly<Record<string, unknown>>
type Test = (account: Account) => boolean

/**
 * The accounts that a users/search asks for. Only people: the API's `accountType` knows no apps and no customers.
 * Accounts without a membership are there while the organization manages them.
 * @throws Refusal where the filters exclude each other
 */
export function findUsers(state: WorldState, question: Question): Account[] {
  if (question['emails'] !== undefined && question['searchTerm'] !== undefined) {
    throw new Refusal('invalid', 'emails', 'emails and searchTerm exclude each other')
  }
  const tests = [isListed, ...filters(state, question)]
  return candidates(state, question).filter((account) => tests.every((test) => test(account)))
}

export function isListed(account: Account): boolean {
  const isPerson = account.type === 'atlassian' && account.accountStatus !== 'closed'
  return isPerson && (account.managed || account.membershipStatus !== 'no_membership')
}

/** The narrowest index that the question allows; everybody where it allows none. */
function candidates(state: WorldState, question: Question): Account[] {
  if (question['accountIds'] !== undefined) return accounts(state, stringsOf(question['accountIds']))
  if (question['emails'] !== undefined) {
    return accounts(
      state,
      stringsOf(question['emails']).map((email) => state.accountIdByEmail.get(email.toLowerCase()) ?? ''),
    )
  }
  if (question['groupIds'] === undefined) return [...state.accounts.values()]
  const members = stringsOf(question['groupIds']).flatMap((id) => [...(state.groups.get(id)?.members ?? [])])
  return accounts(state, members)
}

function accounts(state: WorldState, ids: readonly string[]): Account[] {
  return [...new Set(ids)].flatMap((id) => state.accounts.get(id) ?? [])
}

function filters(state: WorldState, question: Question): Test[] {
  const any = (name: string, of: (account: Account) => readonly string[]): Test[] => {
    const wanted = new Set(stringsOf(question[name]))
    return question[name] === undefined ? [] : [(account) => of(account).some((value) => wanted.has(value))]
  }
  const term = textOf(question['searchTerm'])?.toLowerCase()
  const { mfaEnabled, claimStatus } = question
  return [
    ...any('groupIds', ({ accountId }) => [...(state.groupIdsByAccount.get(accountId) ?? [])]),
    ...any('status', (account) => [statusOf(account)]),
    ...any('accountStatus', ({ accountStatus }) => [accountStatus]),
    ...any('membershipStatus', ({ membershipStatus }) => [membershipStatus]),
    ...any('directoryIds', () => [state.organization.directory.id]),
    ...any('emailDomains', ({ email }) => [email.slice(email.lastIndexOf('@') + 1)]),
    ...any('resourceIds', ({ accountId }) => [...appsOf(state, accountId).keys()]),
    ...any('roleIds', (account) => rolesOf(state, account)),
    ...(term === undefined ? [] : [({ name, email }: Account) => `${name} ${email}`.toLowerCase().includes(term)]),
    ...(typeof mfaEnabled === 'boolean'
      ? [(account: Account) => account.managed && account.mfaEnabled === mfaEnabled]
      : []),
    ...(claimStatus === undefined ? [] : [(account: Account) => account.managed === (claimStatus === 'managed')]),
  ]
}

/** What an account may do in the organization and in its apps. */
export function rolesOf(state: WorldState, { accountId, platformRoles }: Account): string[] {
  return [...platformRoles, ...[...appsOf(state, accountId).values()].flatMap(({ roles }) => [...roles])]
}
