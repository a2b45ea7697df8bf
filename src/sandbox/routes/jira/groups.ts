import type { Answer, SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { groupOf, statusOf } from '../../world-directory.ts'
import type { Account, Group } from '../../world-state.ts'
import { pageBean } from './pages.ts'
import { memberView } from './users.ts'

/** Every group where no filter is given; `accessType` and `applicationKey` keep those that give such a role. */
export function bulkGroups(request: SandboxRequest): Answer {
  const ids = request.query.getAll('groupId')
  const names = request.query.getAll('groupName').map((name) => name.toLowerCase())
  const found = [...request.state.groups.values()].filter((group) => {
    if (!givesAccess(request, group)) return false
    if (ids.length === 0 && names.length === 0) return true
    return ids.includes(group.groupId) || names.includes(group.name.toLowerCase())
  })
  const view = ({ name, groupId }: Group) => ({ name, groupId })
  return pageBean(request, '/rest/api/3/group/bulk', found, { default: 50, max: 50, view })
}

const accessTypes = ['site-admin', 'admin', 'user']

function givesAccess({ query, site }: SandboxRequest, { appRoles }: Group): boolean {
  const [type, key] = [query.get('accessType'), query.get('applicationKey')]
  if (type !== null && !accessTypes.includes(type))
    throw new Refusal('invalid', 'accessType', `accessType must be one of ${accessTypes.join(', ')}`)
  if (type === null && key === null) return true
  return appRoles.some(({ role, product, site: siteName }) => {
    if (siteName !== site?.name || !product.startsWith('jira-')) return false
    return (type === null || role === `atlassian/${type}`) && (key === null || product === key)
  })
}

/** 50 a page at most; people who are not active only where they are asked for. */
export function groupMembers(request: SandboxRequest): Answer {
  const { state, query, baseUrl } = request
  const all = query.get('includeInactiveUsers') === 'true'
  const members = [...groupIn(request).members].flatMap((id) => state.accounts.get(id) ?? [])
  const shown = members.filter((account) => all || statusOf(account) === 'active')
  const view = (account: Account) => memberView(baseUrl, account)
  return pageBean(request, '/rest/api/3/group/member', shown, { default: 50, max: 50, view })
}

/** The group that the query names, by id or by name. @throws Refusal (400) with none or both, (404) */
export function groupIn(
  { state, query }: SandboxRequest,
  names: { readonly name: string; readonly id: string } = { name: 'groupname', id: 'groupId' },
): Group {
  const [groupId, name] = [query.get(names.id), query.get(names.name)]
  if ((groupId === null) === (name === null))
    throw new Refusal('invalid', names.id, `one of ${names.id} and ${names.name} is needed`)
  return groupOf(state, groupId ?? name ?? '')
}
