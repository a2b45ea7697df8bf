import type { Change } from '../../core/change.ts'
import type { AccountResource } from './account.ts'

/** What the reasons of the User management API mean, and where to go (reference section 5). */
const reasons: Readonly<Record<string, string>> = {
  'externalDirectory.scim': "the identity provider's directory owns it: change it there",
  'externalDirectory.google': 'Google Workspace owns it: change it there',
  'authPolicy.saml': 'single sign-on sets it: change it in the identity provider',
  'blocked.exportControl': 'Atlassian has blocked the account',
  administrative: 'an administrator of the organization must do it by hand',
  'administrative.notMyself': 'the account of the key cannot do it to itself',
  myselfOnly: 'only the person can change it',
  managedAccount: 'the account is not managed by the organization',
}

/** Why an update of a managed account must not be tried: the first field of it that is not ours to write. */
export function objection(change: Change<AccountResource>): string | undefined {
  if (change.action !== 'update') return undefined
  const { before, after } = change
  const denied = Object.entries(before.ref.denied ?? {}).find(
    ([field]) => after.fields[field] !== undefined && after.fields[field] !== before.fields[field],
  )
  if (!denied) return undefined
  const [field, key] = denied
  return `${field} cannot be written: ${reasons[key] ?? key}`
}
