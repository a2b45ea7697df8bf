import type { Group } from '../core/directory.ts'
import type { Gap, Holding, Place } from './holding.ts'
import { slug } from './slug.ts'

/** How manifests are divided into files. */
export const layouts = ['team', 'project', 'space', 'kind'] as const
export type Layout = (typeof layouts)[number]

/** Paths of files below the directory of the import, with forward slashes. */
export interface Places {
  ofGroup(group: Group): string
  /** Of a holding. In the layout `team`, what a group holds stands with the group. */
  ofHolding(holding: Holding): string
  /** The file that somebody would look into for what is held there. */
  ofPlace(place: Place | NonNullable<Gap['place']>): string
  ofAccounts(): string
}

interface Known {
  readonly groups: readonly Group[]
  readonly holdings: readonly Holding[]
  /** Whether the organization has more than one: keys are unique on one site only. */
  readonly hasManySites: boolean
}

export function placesFor(layout: Layout, known: Known): Places {
  const groupSlugs = slugsOf(known.groups)
  const groups = new Map(known.groups.map((group) => [group.groupId, group]))
  const ofGroup = ({ groupId, name }: Group): string => {
    if (layout === 'kind') return 'groups.yaml'
    return `${layout === 'team' ? 'teams' : 'groups'}/${groupSlugs.get(groupId) ?? slug(name, groupId)}.yaml`
  }
  const keyed = keyedFiles(layout, known)
  const ofPlace = (place: Place | NonNullable<Gap['place']>): string => {
    if (place.what === 'group') return layout === 'kind' ? 'memberships.yaml' : ofGroup(place.group)
    return keyed(place)
  }
  return {
    ofGroup,
    ofPlace,
    ofHolding: ({ holder, place }) => {
      const group =
        layout === 'team' && place.what !== 'group' && holder.type === 'group' ? groups.get(holder.id) : undefined
      return group ? ofGroup(group) : ofPlace(place)
    },
    ofAccounts: () => 'accounts.yaml',
  }
}

type Keyed = Extract<NonNullable<Gap['place']>, { readonly what: 'project' | 'space' }>

/** A project and the space of the same key belong together where the layout is by one of them. */
function keyedFiles(layout: Layout, { holdings, hasManySites }: Known): (place: Keyed) => string {
  const idOf = (what: string, { site, key }: { readonly site: string; readonly key: string }) =>
    JSON.stringify([what, site, key])
  const there = new Set(holdings.flatMap(({ place }) => (place.what === 'group' ? [] : [idOf(place.what, place)])))
  const folders = { project: 'projects', space: 'spaces' } as const
  return (place) => {
    if (layout === 'kind') return place.what === 'project' ? 'roles.yaml' : 'spaces.yaml'
    const what = (layout === 'project' || layout === 'space') && there.has(idOf(layout, place)) ? layout : place.what
    return `${folders[what]}/${hasManySites ? `${place.site}-` : ''}${slug(place.key, 'key')}.yaml`
  }
}

/** Two groups whose names differ in signs only do not share a file. */
function slugsOf(groups: readonly Group[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  const slugs = new Map<string, string>()
  for (const { groupId, name } of groups) {
    const wanted = slug(name, groupId)
    const found = taken.has(wanted) ? slug(`${wanted} ${groupId}`, groupId) : wanted
    taken.add(found)
    slugs.set(groupId, found)
  }
  return slugs
}
