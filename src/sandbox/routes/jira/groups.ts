import type { Answer, SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { groupOf, statusOf } from '../../world-directory.ts'
import { pageBean } from './pages.ts'
import { memberView } from './users.ts'

export function bulkGroups(request: SandboxRequest): Answer {
  const ids = request.query.getAll('groupId')
  const names = request.query.getAll('groupName').map((name) => name.toLowerCase())
  const all = [...request.state.groups.values()]
  const found = all.filter(({ groupId, name }) => {
    if (ids.length === 0 && names.length === 0) return true
    return ids.includes(groupId) || names.includes(name.toLowerCase())
  })
  const values = found.map(({ name, groupId }) => ({ name, groupId }))
  return pageBean(request, '/rest/api/3/group/bulk', values, { default: 50, max: 50 })
}

/** 50 a page at most; people who are not active only where they are asked for. */
export function groupMembers(request: SandboxRequest): Answer {
  const { state, query, baseUrl } = request
  const groupId = query.get('groupId')
  const name = query.get('groupname')
  if ((groupId === null) === (name === null))
    throw new Refusal('invalid', 'groupId', 'one of groupId and groupname is needed')
  const all = query.get('includeInactiveUsers') === 'true'
  const members = [...groupOf(state, groupId ?? name ?? '').members].flatMap((id) => state.accounts.get(id) ?? [])
  const shown = members.filter((account) => all || statusOf(account) === 'active')
  const values = shown.map((account) => memberView(baseUrl, account))
  return pageBean(request, '/rest/api/3/group/member', values, { default: 50, max: 50 })
}
