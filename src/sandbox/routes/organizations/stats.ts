import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { requirePlace } from './organization.ts'
import { findUsers, rolesOf } from './user-filter.ts'

export function userStats(request: SandboxRequest): Answer {
  requirePlace(request)
  const users = findUsers(request.state, {})
  const statuses = counted(users.map(({ accountStatus }) => accountStatus))
  const roles = counted(users.flatMap((account) => [...new Set(rolesOf(request.state, account))]))
  return ok({
    accountStatus: statuses.map(([status, count]) => ({ status, count })),
    roles: roles.map(([roleId, count]) => ({ roleId, count })),
  })
}

export function groupStats(request: SandboxRequest): Answer {
  requirePlace(request)
  const groups = [...request.state.groups.values()]
  const external = groups.filter(({ managedBy }) => managedBy === 'external')
  const synced = groups.filter(({ scimGroupId }) => scimGroupId !== undefined)
  const types = counted(groups.map(({ managedBy }) => (managedBy === 'team-members' ? 'TEAM' : 'USERBASE_GROUP')))
  return ok({
    totals: { all: groups.length, managed: external.length, synced: synced.length },
    types: types.map(([type, count]) => ({ type, count })),
  })
}

function counted(values: readonly string[]): [value: string, count: number][] {
  return [...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length])
}
