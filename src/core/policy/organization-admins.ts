import { subject, type Change } from '../change.ts'
import type { Account, Directory } from '../directory.ts'
import type { Hold, Policy } from '../policy.ts'
import type { Fields } from '../resource.ts'

/** Platform role of those who rule the organization (Organizations API, users/search `platformRoles`). */
const organizationAdmin = 'atlassian/org-admin'
/** One that is locked out must not leave the other alone. */
const minimum = 2

/** Whoever rules the organization, or an app of it, can undo what is declared: each new one is looked at by somebody. */
export const approvePrivileged: Policy = () => (change) => {
  const reason = powerGiven(change)
  return reason === undefined ? undefined : { code: 'PRIVILEGED', reason, releasable: true }
}

function powerGiven(change: Change): string | undefined {
  if (change.action === 'create') return change.after.privileged
  const isNew = change.action === 'update' && isMade(change.after.fields) && !isMade(change.before.fields)
  return isNew ? 'makes an organization admin' : undefined
}

const isMade = (fields: Fields): boolean => fields['organizationAdmin'] === true

/** Suspends, deactivates or demotes nobody where fewer than two organization admins would be left. */
export const keepOrganizationAdmins: Policy = (changes, { directory }) => {
  const leaving = new Set(changes.flatMap((change) => leaverAmongAdmins(change, directory)?.accountId ?? []))
  const left = directory.accounts.filter((account) => isAdmin(account) && !leaving.has(account.accountId)).length
  const isKnown = directory.counts.accounts !== undefined
  const reason = isKnown ? `would leave ${left} organization admins` : 'organization admins could not be counted'
  const hold: Hold = { code: 'LAST_ONE', reason, releasable: false }
  return (change) => (leaverAmongAdmins(change, directory) && (!isKnown || left < minimum) ? hold : undefined)
}

const isAdmin = ({ status, platformRoles }: Account): boolean =>
  status === 'active' && platformRoles.includes(organizationAdmin)

function leaverAmongAdmins(change: Change, directory: Directory): Account | undefined {
  if (change.action !== 'update') return undefined
  const { principal, fields } = subject(change)
  const isClosed = typeof fields['state'] === 'string' && fields['state'] !== 'Active'
  const isLeaving = isClosed || fields['organizationAdmin'] === false
  if (!isLeaving || principal?.type !== 'user' || !('accountId' in principal.account)) return undefined
  const account = directory.accountById(principal.account.accountId)
  return account && isAdmin(account) ? account : undefined
}
