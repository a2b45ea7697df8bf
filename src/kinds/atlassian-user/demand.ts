import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Account, Directory } from '../../core/directory.ts'
import type { Fields } from '../../core/resource.ts'
import { observedState, type UserState } from './account.ts'
import { profileFields } from './profile.ts'
import type { AtlassianUserSpec } from './schema.ts'

type Declared = Partial<AtlassianUserSpec> & Pick<AtlassianUserSpec, 'state'>

interface Demanded {
  readonly fields: Fields
  readonly diagnostics: readonly Diagnostic[]
}

/** What may be demanded of an account that exists: what is declared, without what Atlassian would refuse. */
export function writableFields(spec: Declared, account: Account, directory: Directory): Demanded {
  const parts = [state(spec.state, account, directory), profile(spec, account, directory), policy(spec, account)]
  return merged(parts)
}

/** What a new account starts with. An invitation carries no profile: the person fills it in. */
export function newFields(spec: Declared, { provisioningMethod }: Directory): Demanded {
  const declared = declaredProfile(spec)
  const { authenticationPolicyId } = spec
  const rest: Demanded = {
    fields: { state: 'Active', ...(authenticationPolicyId !== undefined && { authenticationPolicyId }) },
    diagnostics: [],
  }
  if (provisioningMethod === 'SCIM') return merged([rest, { fields: declared, diagnostics: [] }])
  return merged([rest, { fields: {}, diagnostics: notWritable(Object.keys(declared), 'an invitation has no profile') }])
}

const merged = (parts: readonly Demanded[]): Demanded => ({
  fields: Object.assign({}, ...parts.map(({ fields }) => fields)) as Fields,
  diagnostics: parts.flatMap(({ diagnostics }) => diagnostics),
})

function declaredProfile(spec: Declared): Record<string, string> {
  return Object.fromEntries(profileFields.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])))
}

function state(wanted: UserState, account: Account, directory: Directory): Demanded {
  const found = observedState(account)
  // suspending would mean to open the account first: less access than asked for is left alone
  const hasLess = found === 'Deactivated' || found === 'NotInvited'
  if (wanted === 'Suspended' && hasLess) return { fields: {}, diagnostics: [] }
  const isPossible = wanted !== 'Deactivated' || found === 'Deactivated' || account.provisioned || account.managed
  if (isPossible) return { fields: { state: wanted }, diagnostics: [] }
  return { fields: {}, diagnostics: [{ ...whyNotDeactivated(directory), severity: 'error', path: ['spec', 'state'] }] }
}

function whyNotDeactivated({ unread: { provisioning } }: Directory): Pick<Diagnostic, 'code' | 'message' | 'hint'> {
  if (provisioning) {
    return { code: 'IDENTITIES_UNREAD', message: `the SCIM directory was not read (${provisioning.message})` }
  }
  return {
    code: 'NOT_WRITABLE',
    message: 'the account is not managed by the organization: only its owner can deactivate it',
    hint: 'use state: Suspended, which takes its access to this organization',
  }
}

/** Only the record of the SCIM directory can be written; without one, a name that is already right needs no word. */
function profile(spec: Declared, account: Account, { unread }: Directory): Demanded {
  const declared = declaredProfile(spec)
  if (account.provisioned) return { fields: declared, diagnostics: [] }
  const known: Readonly<Record<string, string>> = { displayName: account.name }
  const open = Object.keys(declared).filter((field) => declared[field] !== known[field])
  if (open.length === 0) return { fields: {}, diagnostics: [] }
  if (unread.provisioning) {
    const message = `the SCIM directory was not read (${unread.provisioning.message})`
    return {
      fields: {},
      diagnostics: [{ code: 'IDENTITIES_UNREAD', severity: 'error', message, path: ['spec', open[0]!] }],
    }
  }
  return { fields: {}, diagnostics: notWritable(open, 'the account has no record in the SCIM directory') }
}

function notWritable(fields: readonly string[], why: string): readonly Diagnostic[] {
  const [first] = fields
  if (first === undefined) return []
  const message = `${fields.join(', ')} cannot be written: ${why}`
  return [{ code: 'NOT_WRITABLE', severity: 'warning', message, path: ['spec', first] }]
}

function policy({ authenticationPolicyId }: Declared, { managed }: Account): Demanded {
  if (authenticationPolicyId === undefined) return { fields: {}, diagnostics: [] }
  if (managed) return { fields: { authenticationPolicyId }, diagnostics: [] }
  const message = 'authentication policies hold managed accounts only, and this one is not'
  const path = ['spec', 'authenticationPolicyId']
  return { fields: {}, diagnostics: [{ code: 'NOT_WRITABLE', severity: 'warning', message, path }] }
}
