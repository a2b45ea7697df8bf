import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { intOf } from '../../pagination.ts'
import type { Group } from '../../world-state.ts'

/** Groups whose name contains the text, in order of their names, 20 where no number is asked for. No pages. */
export function pickGroups({ state, query }: SandboxRequest): Answer {
  const anyCase = query.get('caseInsensitive') === 'true'
  const comparable = (text: string) => (anyCase ? text.toLowerCase() : text)
  const wanted = query.get('query') ?? ''
  const [names, ids] = [query.getAll('exclude'), query.getAll('excludeId')]
  const matching = [...state.groups.values()].filter(
    ({ name, groupId }) =>
      comparable(name).includes(comparable(wanted)) && !names.includes(name) && !ids.includes(groupId),
  )
  const most = intOf(query.get('maxResults'), 'maxResults', { default: 20, min: 0, max: Number.MAX_SAFE_INTEGER })
  const shown = matching.toSorted((a, b) => a.name.localeCompare(b.name)).slice(0, most)
  return ok({
    header: `Showing ${shown.length} of ${matching.length} matching groups`,
    total: matching.length,
    groups: shown.map((group) => foundGroup(group, comparable(group.name).indexOf(comparable(wanted)), wanted.length)),
  })
}

function foundGroup({ name, groupId, managedBy }: Group, start: number, length: number) {
  const marked = `<b>${name.slice(start, start + length)}</b>`
  return {
    name,
    groupId,
    html: length === 0 ? name : `${name.slice(0, start)}${marked}${name.slice(start + length)}`,
    labels: [],
    managedBy: managedBy.toUpperCase().replace('-', '_'),
    usageType: managedBy === 'team-members' || managedBy === 'open' ? 'TEAM_COLLABORATION' : 'USERBASE_GROUP',
  }
}
