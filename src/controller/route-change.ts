import type { ObjectChange } from '../kubernetes/object-store.ts'
import { isLeaving, objectId, organizationKind, type ClusterObject } from './cluster-object.ts'
import type { EstateSeat } from './estate-seat.ts'
import { keyOf, organizationOf, organizationsIn, type ClusterEstate, type Sorted } from './estates.ts'
import { withDependents } from './expansion.ts'
import { annotations, isSignificant } from './significant-change.ts'
import type { StrayDesk } from './stray-desk.ts'

/** Where changes go to. */
export interface RoutingDesk {
  readonly objects: () => readonly ClusterObject[]
  readonly sorted: () => Sorted
  readonly seats: ReadonlyMap<string, EstateSeat>
  readonly strays: StrayDesk
  /** Told of each organization that is there. */
  readonly opened: (estate: ClusterEstate) => void
  readonly closed: (key: string) => void
}

type Change = ObjectChange<ClusterObject>

/** Tells who is concerned: the object itself, those that name it, and an organization as a whole of its own change. */
export function routeChange(desk: RoutingDesk, change: Change): void {
  if (change.type === 'Updated' && !isSignificant(change.previous, change.object)) return
  if (change.object.kind === organizationKind) return routeOrganization(desk, change)
  const { before, now } = homesOf(desk, change)
  for (const home of new Set([before, now])) {
    if (isStray(home)) desk.strays.look()
    else if (home !== undefined) edit(desk, home, change.object)
  }
  // a mistaken reference holds removals: once it is put right, they may go on
  if (isStray(before) && !isStray(now)) sweepAll(desk.seats)
}

export function sweepAll(seats: RoutingDesk['seats']): void {
  for (const seat of seats.values()) seat.worker()?.sweep()
}

type Home = ReturnType<typeof organizationOf> | undefined

/** The organization that an object belonged to, and the one it belongs to. Undefined where it was not there. */
function homesOf({ objects }: RoutingDesk, change: Change): { readonly before: Home; readonly now: Home } {
  const organizations = organizationsIn(objects())
  const previous = change.type === 'Updated' ? change.previous : change.object
  return {
    before: change.type === 'Added' ? undefined : organizationOf(previous, organizations),
    now: change.type === 'Deleted' ? undefined : organizationOf(change.object, organizations),
  }
}

const isStray = (home: Home): home is Exclude<Home, string | undefined> => typeof home === 'object'

function edit(desk: RoutingDesk, home: string, object: ClusterObject): void {
  const worker = desk.seats.get(home)?.worker()
  if (!worker) return
  const id = objectId(object)
  const isNamed = object.kind === 'AtlassianUser' || object.kind === 'AtlassianGroupMembership'
  const estate = isNamed && desk.sorted().estates.find(({ key }) => key === home)
  worker.edit(estate ? withDependents(new Set([id]), [...estate.members, ...estate.leaving]) : [id])
}

function routeOrganization(desk: RoutingDesk, change: Change): void {
  const { object } = change
  const key = keyOf(object)
  if (change.type === 'Deleted') {
    desk.closed(key)
  } else {
    const estate = desk.sorted().estates.find((each) => each.key === key)
    if (estate) desk.opened(estate)
    const worker = desk.seats.get(key)?.worker()
    if (change.type === 'Updated' && isApproval(change.previous, object)) worker?.approved()
    else worker?.sweep()
  }
  desk.strays.look()
}

const isApproval = (before: ClusterObject, after: ClusterObject): boolean => {
  const without = (object: ClusterObject): ClusterObject => ({
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [annotations.approved]: '' } },
  })
  return !isSignificant(without(before), without(after)) && !isLeaving(after)
}
