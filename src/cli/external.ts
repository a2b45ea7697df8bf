import { subject, type Change } from '../core/change.ts'
import type { Directory } from '../core/directory.ts'

/**
 * Whether a change is about an account that the organization does not manage. Of an account that is yet to come, only its
 * domain can be judged, by those of the managed accounts that were read; where none was, nothing is said.
 */
export function externalTo(directory: Directory): (change: Change) => boolean {
  const domains = new Set(directory.accounts.flatMap(({ managed, email }) => (managed && email ? [domain(email)] : [])))
  return (change) => {
    const { principal } = subject(change)
    if (principal?.type !== 'user') return false
    const { account } = principal
    if ('accountId' in account) return directory.accountById(account.accountId)?.managed === false
    return domains.size > 0 && !domains.has(domain(account.promised))
  }
}

const domain = (email: string): string => email.slice(email.lastIndexOf('@') + 1)
