import { readEveryAccount } from '../atlassian/directory-accounts.ts'
import { discoverDefaultGroups } from '../atlassian/directory-defaults.ts'
import { readAllGroups } from '../atlassian/directory-groups.ts'
import type { Account, Group, Unread } from '../core/directory.ts'
import { normalName } from '../core/principal.ts'
import { kinds } from '../kinds/index.ts'
import { attempt, failed, ok, remedyOf, several, skipped, warning, type Check, type Section } from './check.ts'
import { specsOf, type Patient } from './patient.ts'

export const organizationAdmin = 'atlassian/org-admin'
const names = ['groups', 'writable-groups', 'default-groups', 'organization-admins']

/** Who is there, and who may change the groups. `accounts` where they could be read. */
export async function directorySection(
  patient: Patient,
  isOpen: boolean,
): Promise<{ readonly section: Section; readonly accounts?: readonly Account[] }> {
  const title = 'Accounts and groups'
  if (!isOpen) {
    const because = 'the organization or its directory cannot be read'
    return { section: { title, checks: names.map((name) => skipped(name, because)) } }
  }
  const { reader } = patient.transport
  const [groups, accounts] = await Promise.all([
    attempt(() => readAllGroups(reader)),
    attempt(() => readEveryAccount({ emails: new Set() }, reader)),
  ])
  const checks = [...groupChecks(groups, patient), ...(await defaultChecks(patient)), adminCheck(accounts)]
  return { section: { title, checks }, ...('value' in accounts && { accounts: accounts.value }) }
}

type Read<Value> = { readonly value: Value } | Unread

const mayNotRead = 'give the key access to directories, or make one without scopes'

function groupChecks(groups: Read<readonly Group[]>, patient: Patient): readonly Check[] {
  if ('code' in groups) {
    const check = failed('groups', groups.message, remedyOf(groups, mayNotRead))
    return [check, skipped('writable-groups', 'the groups cannot be read')]
  }
  const owners = [...Map.groupBy(groups.value, ({ managedBy }) => managedBy)]
    .map(([owner, those]) => `${those.length} ${ownerNames[owner] ?? `managed by ${owner}`}`)
    .join(', ')
  const wanted = writtenGroups(patient)
  const locked = groups.value.filter(({ name, readOnly }) => readOnly !== undefined && wanted.has(normalName(name)))
  const provisioned = patient.spec.provisioning.groups
  return [
    ok('groups', `${several(groups.value.length, 'group')}: ${owners || 'none'}`),
    locked.length === 0 || provisioned
      ? ok('writable-groups', writableText(wanted.size, provisioned && locked.length > 0))
      : failed(
          'writable-groups',
          `declared, and not ours to write: ${locked.map(({ name, readOnly }) => `${name} (${readOnly})`).join('; ')}`,
          'change them there, and take them from the manifests or set their authority to Observe',
        ),
  ]
}

const ownerNames: Readonly<Record<string, string>> = {
  admins: 'managed by admins',
  external: 'synced from the identity provider',
  'team-members': 'that are teams',
  open: 'that anybody may join',
}

const writableText = (number: number, viaScim: boolean): string =>
  `${several(number, 'declared group')}, none of them read-only${viaScim ? ' but for those written through SCIM' : ''}`

/** Names (normal form) of groups whose entries the declaration writes. */
function writtenGroups(patient: Patient): ReadonlySet<string> {
  const memberships = specsOf<{ readonly group: string; readonly authority?: string }>(
    patient,
    'AtlassianGroupMembership',
  ).filter(({ authority }) => authority !== 'Observe')
  return new Set(memberships.map(({ group }) => normalName(group)))
}

/** Only of the products that somebody is declared to get. */
async function defaultChecks({ declared, spec, transport: { reader } }: Patient): Promise<readonly Check[]> {
  const needed = [...declared.objects].flatMap(([kind, all]) =>
    all.flatMap((object) => [...(kinds.get(kind)!.needs(object.spec).products ?? [])]),
  )
  const products = [...new Set(needed)].sort()
  const undeclared = products.filter((product) => spec.defaultGroups[product] === undefined)
  const sites = spec.credentials.sites.map(({ site }) => site)
  const discovered = await discoverDefaultGroups(reader, undeclared, sites)
  const checks = products.map((product): Check => {
    const declaredGroup = spec.defaultGroups[product]
    if (declaredGroup !== undefined) return ok('default-groups', `${product}: ${declaredGroup}, as declared`)
    const found = discovered.get(product) ?? []
    const remedy = `set spec.defaultGroups: { ${product}: <name of the group> }`
    if ('code' in found) return failed('default-groups', `${product}: ${found.message}`, remedy)
    if (found.length === 1) return ok('default-groups', `${product}: discovered`)
    return failed('default-groups', `${product}: ${several(found.length, 'default group')} found`, remedy)
  })
  return checks.length > 0 ? checks : [ok('default-groups', 'no product is declared for anybody')]
}

function adminCheck(accounts: Read<readonly Account[]>): Check {
  const name = 'organization-admins'
  if ('code' in accounts) return failed(name, accounts.message, remedyOf(accounts, mayNotRead))
  const admins = accounts.value.filter(
    ({ platformRoles, status }) => platformRoles.includes(organizationAdmin) && status === 'active',
  )
  const message = `${several(accounts.value.length, 'account')}, ${several(admins.length, 'active organization admin')}`
  if (admins.length > 1) return ok(name, message)
  return warning(name, message, 'have two or more, so that one lost account locks nobody out')
}
