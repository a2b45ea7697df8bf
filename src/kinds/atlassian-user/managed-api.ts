import type { ApiRequest, Reader, Writer } from '../../core/ports.ts'
import type { Fields, Json } from '../../core/resource.ts'

/** Calls of the User management API: managed accounts only (reference section 5; `admin-user-management.openapi.json`). */

const manage = '/users/{account_id}/manage'

/** Fields of the spec, and where the profile of the account keeps them. The search of people shows the same ones. */
const places = {
  displayName: 'name',
  nickName: 'nickname',
  timeZone: 'zoneinfo',
  title: 'extended_profile.job_title',
  department: 'extended_profile.department',
} as const

export type ManagedField = keyof typeof places
export const managedFields = Object.keys(places) as readonly ManagedField[]
export const isManagedField = (field: string): field is ManagedField => field in places

interface Rule {
  readonly allowed?: boolean
  readonly reason?: { readonly key?: string }
}

interface Privileges {
  readonly 'profile.write'?: Readonly<Record<string, Rule>>
  readonly 'email.set'?: Rule
  readonly 'lifecycle.enablement'?: Rule
}

/**
 * Which of `fields` only somebody else may write, with the API's key for the reason, e.g. `externalDirectory.scim`.
 * A field that the answer does not speak of is not restricted. @throws RemoteError
 */
export async function readDenied(
  reader: Reader,
  accountId: string,
  fields: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const rules = await reader.read<Privileges>({
    ...of(accountId, 'GET', ''),
    query: { privileges: ['profile.write', 'email.set', 'lifecycle.enablement'] },
  })
  return Object.fromEntries(
    fields.flatMap((field) => {
      const rule = ruleFor(field, rules)
      return rule?.allowed === false ? [[field, rule.reason?.key ?? 'no reason given']] : []
    }),
  )
}

function ruleFor(field: string, rules: Privileges): Rule | undefined {
  if (field === 'email') return rules['email.set']
  if (field === 'state') return rules['lifecycle.enablement']
  return isManagedField(field) ? rules['profile.write']?.[places[field]] : undefined
}

/** 403 `forbidden.fieldMutation`, 400 `fieldConstraintsViolated`. @throws RemoteError */
export async function patchProfile(writer: Writer, accountId: string, fields: Fields): Promise<void> {
  const body: Record<string, Json> = {}
  const extended: Record<string, Json> = {}
  for (const [field, value] of Object.entries(fields)) {
    if (!isManagedField(field)) throw new Error(`${field} is not written here`)
    const [first, second] = places[field].split('.')
    if (second === undefined) body[first!] = value
    else extended[second] = value
  }
  const extras = Object.keys(extended).length > 0 ? { extended_profile: extended } : {}
  await writer.write({ ...of(accountId, 'PATCH', '/profile'), body: { ...body, ...extras } })
}

/** Ends all sessions of the account; 403 `forbidden.unclaimedDomain` where the domain is not verified. @throws RemoteError */
export async function setEmail(writer: Writer, accountId: string, email: string): Promise<void> {
  await writer.write({ ...of(accountId, 'PUT', '/email'), body: { email } })
}

/** Blocks the account everywhere; refused where SCIM owns it. @throws RemoteError */
export async function disable(writer: Writer, accountId: string): Promise<void> {
  // a body is required here and not described for `enable`
  await writer.write({ ...of(accountId, 'POST', '/lifecycle/disable'), body: {} })
}

/** @throws RemoteError */
export async function enable(writer: Writer, accountId: string): Promise<void> {
  await writer.write(of(accountId, 'POST', '/lifecycle/enable'))
}

const of = (accountId: string, method: ApiRequest['method'], below: string): ApiRequest => ({
  api: 'user-management',
  method,
  path: `${manage}${below}`,
  params: { account_id: accountId },
})
