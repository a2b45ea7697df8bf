import { fieldsOf, noContent, ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { changeEmail, isVerified } from '../../world-directory.ts'
import { profileOf } from '../../world-profile.ts'
import type { Account } from '../../world-state.ts'
import { profilePaths, profileRules, withAccount } from './manage.ts'

const unparsed: Answer = { status: 400, body: { key: 'bodyParseFailure' } }

export function getProfile(request: SandboxRequest): Answer {
  return withAccount(request, 'profile.read', (account) => ok({ account: view(account) }))
}

/** All of it or nothing: a field that is not ours, or that breaks a constraint, leaves the others as they were. */
export function updateProfile(request: SandboxRequest): Answer {
  return withAccount(request, 'profile.read', (account) => {
    const fields = flattened(request.body)
    if (!fields) return unparsed
    const rules = profileRules(request, account)
    const locked = Object.fromEntries(Object.entries(rules).filter(([path, rule]) => fields.has(path) && !rule.allowed))
    if (Object.keys(locked).length > 0)
      return { status: 403, body: { key: 'forbidden.fieldMutation', context: locked } }
    const violated = [...fields].flatMap(([path, value]) => violationsOf(path, value))
    if (violated.length > 0) return refusedFields(violated)
    for (const [path, value] of fields) assign(account, path, value)
    return ok({ account: view(account) })
  })
}

/** The address is the account's everywhere at once, the id stays. Its domain must be verified. */
export function setEmail(request: SandboxRequest): Answer {
  return withAccount(request, 'email.set', (account) => {
    const { email } = fieldsOf(request.body)
    if (typeof email !== 'string') return unparsed
    const violations = /^[^@\s]{1,255}@[^@\s.]{1,255}(\.[^@\s.]{1,255})+$/.test(email) ? [] : ['validCharacters']
    const { state } = request
    const owner = state.accountIdByEmail.get(email.toLowerCase())
    // which constraint a taken address breaks is not published
    if (owner !== undefined && owner !== account.accountId) violations.push('unique')
    if (violations.length > 0) return refusedFields(violations.map((key) => ({ field: 'email', key })))
    const domain = email.slice(email.lastIndexOf('@') + 1)
    if (!isVerified(state, email))
      return { status: 403, body: { key: 'forbidden.unclaimedDomain', context: { domain } } }
    changeEmail(state, account, email)
    return noContent
  })
}

interface Violation {
  readonly field: string
  readonly key: string
}

function refusedFields(violated: readonly Violation[]): Answer {
  const fieldViolations = [...Map.groupBy(violated, ({ field }) => field)].map(([field, each]) => ({
    field,
    violations: each.map(({ key }) => ({ key })),
  }))
  return { status: 400, body: { key: 'fieldConstraintsViolated', context: { fieldViolations } } }
}

/** IDv2 User management, Name and Nickname. */
const maxLengths: Readonly<Record<string, number>> = { name: 100, nickname: 30 }

function violationsOf(field: string, value: string): Violation[] {
  const isTooLong = value.length > (maxLengths[field] ?? Infinity)
  return [
    ...(isTooLong ? [{ field, key: 'maxLength' }] : []),
    ...(/\p{Cc}/u.test(value) ? [{ field, key: 'validCharacters' }] : []),
  ]
}

/** The fields of a body by JSON path; undefined where it is no object, or has a field that no profile has. */
function flattened(body: unknown): Map<string, string> | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  const { extended_profile: extended, ...plain } = fieldsOf(body)
  const below = Object.entries(fieldsOf(extended)).map(([name, value]) => [`extended_profile.${name}`, value] as const)
  const entries = [...Object.entries(plain), ...below]
  const isKnown = entries.every(([path, value]) => path in profilePaths && typeof value === 'string')
  return isKnown ? new Map(entries.map(([path, value]) => [path, String(value)])) : undefined
}

function assign(account: Account, path: string, value: string): void {
  const field = profilePaths[path]
  if (field === 'name') account.name = value
  else if (field !== undefined) account.profile = { ...account.profile, [field]: value }
}

function view(account: Account) {
  const { nickname, timeZone, locale, jobTitle, organization, department, location } = profileOf(account)
  return {
    account_id: account.accountId,
    account_type: account.type,
    account_status: account.accountStatus,
    name: account.name,
    picture: '',
    email: account.email,
    characteristics: { not_mentionable: false },
    nickname,
    zoneinfo: timeZone,
    locale,
    extended_profile: { job_title: jobTitle, organization, department, location },
  }
}
