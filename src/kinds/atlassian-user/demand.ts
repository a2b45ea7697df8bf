import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Account, Directory } from '../../core/directory.ts'
import { normalEmail } from '../../core/principal.ts'
import type { Fields, Json } from '../../core/resource.ts'
import { didYouMean } from '../../core/schema.ts'
import { observedFields, observedState, type Ask, type UserState } from './account.ts'
import { isManagedField, managedFields } from './managed-api.ts'
import { profileFields } from './profile.ts'
import type { AtlassianUserSpec } from './schema.ts'

type Declared = Partial<AtlassianUserSpec> & Pick<AtlassianUserSpec, 'email' | 'state'>

interface Demanded {
  readonly fields: Fields
  readonly diagnostics: readonly Diagnostic[]
}

/** What may be demanded of an account that exists: what is declared, without what Atlassian would refuse. */
export function writableFields(spec: Declared, account: Account, directory: Directory): Demanded {
  return merged([
    state(spec.state, account, directory),
    address(spec, account),
    profile(spec, account, directory),
    policy(spec, account, directory),
    { fields: pick(spec, 'organizationAdmin'), diagnostics: [] },
  ])
}

const pick = <Name extends keyof Declared>(spec: Declared, name: Name): Fields =>
  spec[name] === undefined ? {} : { [name]: spec[name] as Json }

/**
 * What takes a call to know of the account before it may be written: who may change a managed account that no SCIM record
 * owns differs field by field (reference section 5).
 */
export function asksOf(fields: Fields, account: Account): readonly Ask[] {
  const found = observedFields(account, undefined)
  const differs = (field: string): boolean => fields[field] !== undefined && fields[field] !== found[field]
  const closesOrOpens = differs('state') && (fields['state'] === 'Deactivated' || found['state'] === 'Deactivated')
  const isOurs = account.managed && !account.provisioned
  const asksPrivileges = isOurs && (closesOrOpens || differs('email') || managedFields.some(differs))
  return [
    ...(fields['authenticationPolicyId'] === undefined ? [] : (['policy'] as const)),
    ...(asksPrivileges ? (['privileges'] as const) : []),
  ]
}

/** What a new account starts with. An invitation carries no profile: the person fills it in. */
export function newFields(spec: Declared, directory: Directory): Demanded {
  const { provisioningMethod } = directory
  const declared = declaredProfile(spec)
  const { policyId, diagnostics } = declaredPolicy(spec, directory)
  const rest: Demanded = {
    fields: { state: 'Active', ...(policyId !== undefined && { authenticationPolicyId: policyId }) },
    diagnostics,
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

/** Somebody else gave the account another address: it is the same account, and the address is not ours to change back. */
const movedElsewhere = (email: string): Diagnostic => ({
  code: 'IDENTITY_CHANGED',
  severity: 'warning',
  message: `the account has the address ${email} now`,
  path: ['spec', 'email'],
  hint: `declare ${email}; with formerEmails, where the address is to be changed back`,
})

/** The address is the identity: it is only demanded where a former one led to the account. */
function address({ email: declared, formerEmails = [] }: Declared, account: Account): Demanded {
  const { email, provisioned, managed } = account
  const wanted = normalEmail(declared)
  if (email === undefined || email === wanted) return { fields: {}, diagnostics: [] }
  if (!formerEmails.map(normalEmail).includes(email)) return { fields: {}, diagnostics: [movedElsewhere(email)] }
  if (provisioned || managed) return { fields: { email: wanted }, diagnostics: [] }
  const message = `the account has the address ${email} and is not managed: only its owner can change it`
  return { fields: {}, diagnostics: [{ code: 'NOT_WRITABLE', severity: 'error', message, path: ['spec', 'email'] }] }
}

/**
 * The record of the SCIM directory is written where there is one; else, of a managed account, what its profile has. What
 * is already right needs no word.
 */
function profile(spec: Declared, account: Account, { unread }: Directory): Demanded {
  const declared = declaredProfile(spec)
  if (account.provisioned) return { fields: declared, diagnostics: [] }
  const known = observedFields(account, undefined)
  const open = Object.keys(declared).filter((field) => declared[field] !== known[field])
  if (open.length === 0) return { fields: {}, diagnostics: [] }
  if (unread.provisioning) {
    const message = `the SCIM directory was not read (${unread.provisioning.message})`
    return {
      fields: {},
      diagnostics: [{ code: 'IDENTITIES_UNREAD', severity: 'error', message, path: ['spec', open[0]!] }],
    }
  }
  const writable = account.managed ? open.filter(isManagedField) : []
  const why = account.managed ? 'only a SCIM record has it' : 'the account has no SCIM record and is not managed'
  return {
    fields: Object.fromEntries(writable.map((field) => [field, declared[field]!])),
    diagnostics: notWritable(
      open.filter((field) => !account.managed || !isManagedField(field)),
      why,
    ),
  }
}

function notWritable(fields: readonly string[], why: string): readonly Diagnostic[] {
  const [first] = fields
  if (first === undefined) return []
  const message = `${fields.join(', ')} cannot be written: ${why}`
  return [{ code: 'NOT_WRITABLE', severity: 'warning', message, path: ['spec', first] }]
}

function policy(spec: Declared, { managed }: Account, directory: Directory): Demanded {
  const { policyId, diagnostics } = declaredPolicy(spec, directory)
  if (policyId === undefined || managed)
    return { fields: policyId === undefined ? {} : { authenticationPolicyId: policyId }, diagnostics }
  const message = 'authentication policies hold managed accounts only, and this one is not'
  const path = ['spec', policyField(spec)]
  return { fields: {}, diagnostics: [{ code: 'NOT_WRITABLE', severity: 'warning', message, path }] }
}

const policyField = ({ authenticationPolicy }: Declared) =>
  authenticationPolicy === undefined ? 'authenticationPolicyId' : 'authenticationPolicy'

/** By its id, or by the name that the organization's manifest gives it: no API knows the names. */
function declaredPolicy(spec: Declared, { authenticationPolicies }: Directory) {
  const { authenticationPolicy: name, authenticationPolicyId: policyId } = spec
  if (name === undefined) return { policyId, diagnostics: [] }
  const found = authenticationPolicies.get(name)
  if (found) return { policyId: found.id, diagnostics: [] }
  const message = `no authentication policy is named "${name}"`
  const { hint = 'declare it in spec.authenticationPolicies of the AtlassianOrganization' } = didYouMean(
    name,
    authenticationPolicies.keys(),
  )
  const path = ['spec', 'authenticationPolicy']
  const problem: Diagnostic = { code: 'UNKNOWN_REFERENCE', severity: 'error', message, path, hint }
  return { policyId: undefined, diagnostics: [problem] }
}
