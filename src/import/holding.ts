import type { Group } from '../core/directory.ts'
import type { Subject } from '../core/subject.ts'
import type { Obstacle } from './obstacle.ts'

/** What an import can write, in the order in which a file shows it. */
export const importParts = ['accounts', 'groups', 'memberships', 'roles', 'spaces'] as const
export type ImportPart = (typeof importParts)[number]

/** Where access is held: the scope of the engine, with the names that a manifest calls it by. */
export type Place =
  | { readonly what: 'group'; readonly group: Group }
  | {
      readonly what: 'project'
      readonly site: string
      readonly key: string
      readonly name: string
      readonly role: string
    }
  | { readonly what: 'space'; readonly site: string; readonly key: string; readonly name: string }

/** Exactly one of them is set, as in the spec of a ConfluenceSpaceGrant. */
export interface SpaceAccess {
  readonly level?: 'Viewer' | 'Contributor' | 'Manager'
  readonly role?: string
  readonly permissions?: readonly string[]
}

export interface Holder {
  readonly type: 'user' | 'group' | 'class'
  readonly id: string
  /** `ana@acme.com`, `group devs` */
  readonly title: string
  /** How a manifest names it; absent where none can. */
  readonly subject?: Subject
  /** For a comment beside the subject: a name where only an id or an address stands there, `suspended`. */
  readonly note?: string
  readonly obstacle?: Obstacle
}

/** One piece of access that was found. */
export interface Holding {
  /** That of the engine's resource (`resourceId`). */
  readonly id: string
  /** That of the engine's scope (`scopeId`). */
  readonly scope: string
  readonly place: Place
  readonly holder: Holder
  /** What the holder has in a space. */
  readonly access?: SpaceAccess
  readonly note?: string
  readonly obstacle?: Obstacle
}

/** What was not read, and where its absence would be missed. */
export interface Gap {
  readonly what: string
  readonly reason: string
  /** Of one group, project or space; else of a whole site or of the organization. */
  readonly place?:
    | Pick<Exclude<Place, { what: 'group' }>, 'what' | 'site' | 'key'>
    | Pick<Extract<Place, { what: 'group' }>, 'what' | 'group'>
}

export const placeTitle = (place: Place): string => {
  if (place.what === 'group') return `group ${place.group.name}`
  return place.what === 'project' ? `role ${place.role} of ${place.key}` : `space ${place.key}`
}
