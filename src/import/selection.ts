import type { Account, Group } from '../core/directory.ts'
import type { DesiredEntry, DesiredScope, DesiredState } from '../core/desire.ts'
import type { Origin } from '../core/diagnostic.ts'
import type { Holding, ImportPart } from './holding.ts'
import type { Inventory } from './inventory.ts'
import type { Obstacle } from './obstacle.ts'

/** What the declaration says already, in the engine's words. */
export interface Known extends Pick<DesiredState, 'scopes' | 'entries' | 'expired' | 'undecided'> {
  /** Files that are about to be written anew: what only they say counts as not said. */
  readonly isReplaced: (file: string) => boolean
}

/** A holding that is left out, and why. */
export interface LeftOut {
  readonly holding: Holding
  readonly obstacle: Obstacle
}

/** What is to be written. */
export interface Selection {
  readonly accounts: readonly Account[]
  readonly groups: readonly Group[]
  readonly holdings: readonly Holding[]
  readonly leftOut: readonly LeftOut[]
  readonly coverage: Coverage
}

/** Counts of grants: members of groups, holders of roles, access to spaces. */
export interface Coverage {
  readonly declared: number
  readonly imported: number
  readonly total: number
}

/** Pure. Only what no manifest says yet, and what a manifest can say without taking or giving anything. */
export function select(inventory: Inventory, known: Known, parts: ReadonlySet<ImportPart>): Selection {
  const undeclared = inventory.holdings.filter(({ id }) => !isSaid(known.entries.get(id), known))
  const judged = undeclared.map((holding) => ({ holding, obstacle: obstacleTo(holding, known) }))
  const free = judged.flatMap(({ holding, obstacle }) => (obstacle ? [] : [holding]))
  const holdings = free.filter(({ place }) => parts.has(partOf[place.what]))
  const total = inventory.holdings.length
  return {
    accounts: parts.has('accounts') ? inventory.accounts.filter((each) => isAccountToWrite(each, known)) : [],
    groups: parts.has('groups') ? inventory.groups.filter((each) => isGroupToWrite(each, known)) : [],
    holdings,
    leftOut: judged.flatMap(({ holding, obstacle }) => (obstacle ? [{ holding, obstacle }] : [])),
    coverage: { declared: total - undeclared.length, imported: holdings.length, total },
  }
}

const partOf: Readonly<Record<Holding['place']['what'], ImportPart>> = {
  group: 'memberships',
  project: 'roles',
  space: 'spaces',
}

const isSaid = (
  what: { readonly origins: readonly Origin[] } | undefined,
  { isReplaced }: Known,
): what is DesiredEntry => what !== undefined && what.origins.some(({ file }) => !isReplaced(file))

function obstacleTo(holding: Holding, known: Known): Obstacle | undefined {
  const { id, scope } = holding
  return declaredObstacle(id, known.scopes.get(scope), known) ?? holding.obstacle ?? holding.holder.obstacle
}

/** Importing what the declaration takes away would be to undo a decision. */
function declaredObstacle(id: string, scope: DesiredScope | undefined, known: Known): Obstacle | undefined {
  if (known.expired.has(id)) return { code: 'WITHDRAWN', why: 'its declared end has passed' }
  if (known.undecided.has(id)) return { code: 'IN_DOUBT', why: 'two manifests contradict each other about it' }
  if (!scope || scope.origins.every(({ file }) => known.isReplaced(file))) return undefined
  const [first] = scope.origins
  if (scope.incomplete !== undefined) return { code: 'IN_DOUBT', why: `a manifest has a mistake: ${scope.incomplete}` }
  if (scope.authority !== 'Authoritative') return undefined
  return { code: 'WITHDRAWN', why: `not in the Authoritative manifest at ${first?.file ?? 'another place'}` }
}

/** A group of another owner that goes away must not be made anew as an ordinary one. */
function isGroupToWrite(group: Group, known: Known): boolean {
  const isOurs = group.readOnly === undefined || group.provisionedId !== undefined
  const isAddOns = group.name.toLowerCase().startsWith('atlassian-addons')
  return isOurs && !isAddOns && !isSaidScope(`AtlassianGroup/${group.groupId}`, known)
}

/** Who is deactivated, or was only invited to something else, is nobody to declare as a colleague. */
export function isAccountToWrite({ accountId, email, type, status }: Account, known: Known): boolean {
  const isColleague = type === 'atlassian' && email !== undefined && (status === 'active' || status === 'suspended')
  return isColleague && !isSaidScope(`AtlassianUser/${accountId}`, known)
}

const isSaidScope = (id: string, known: Known): boolean => {
  const scope = known.scopes.get(id)
  return scope !== undefined && scope.origins.some(({ file }) => !known.isReplaced(file))
}
