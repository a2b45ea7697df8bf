import type { Change } from '../../core/change.ts'
import { subject } from '../../core/change.ts'
import type { Unread } from '../../core/directory.ts'
import { defineKind, type Batch, type ObserveContext, type WriteContext } from '../../core/kind.ts'
import { isPromised, principalKey } from '../../core/principal.ts'
import type { Scope } from '../../core/resource.ts'
import { needsOf, usersNamed, realizePrincipal } from '../principals.ts'
import { namedGroups, placesOf } from '../touches.ts'
import { observedActor, type Actor, type RoleScope } from './actor.ts'
import { addActors, readActors, removeActor } from './api.ts'
import { forecastCatalogue, readCatalogue, type JiraCatalogue } from './catalogue.ts'
import { expand } from './expand.ts'
import { JiraRoleBindingSpec } from './schema.ts'

export const jiraRoleBinding = defineKind<typeof JiraRoleBindingSpec, JiraCatalogue, Actor>({
  name: 'JiraRoleBinding',
  schema: JiraRoleBindingSpec,
  description: 'Who holds a role in Jira spaces (projects).',
  names: ({ projects, role, subjects }) => [
    { what: 'role', name: role, path: ['spec', 'role'] },
    ...placesOf('project', projects.keys, ['spec', 'projects', 'keys']),
    ...namedGroups(subjects),
  ],
  placeOf: (scope) => ({ what: 'project', name: (scope as RoleScope).ref.projectKey }),
  needs: ({ subjects }) => needsOf(subjects),
  refersTo: ({ subjects }) => usersNamed(subjects),
  selects: ({ projects }) => projects.selector !== undefined,
  catalogue: readCatalogue,
  forecastCatalogue,
  expand,
  // there is no bulk read of actors (reference section 8.3)
  forecast: (scopes) => ({ calls: scopes.length, exact: true }),
  observe,
  batches,
  write,
  realize(resource, identities) {
    const holder = realizePrincipal(resource.ref.holder, identities)
    return { ...resource, key: principalKey(holder), principal: holder, ref: { ...resource.ref, holder } }
  },
})

async function observe(
  scopes: readonly Scope[],
  { reader, directory }: ObserveContext,
): Promise<ReadonlyMap<string, readonly Actor[] | Unread>> {
  const observed = (scopes as readonly RoleScope[]).map(async (scope) => {
    const actors = await readActors(reader, scope.ref)
    return [scope.key, 'code' in actors ? actors : actors.map((bean) => observedActor(scope, bean, directory))] as const
  })
  return new Map(await Promise.all(observed))
}

/**
 * All users of a role in one call, and all groups in another; removals one by one. Who exists only once the run is done
 * goes alone, so that nobody waits for a pending invitation.
 */
export function batches(changes: readonly Change<Actor>[]): readonly (readonly Change<Actor>[])[] {
  const together = Map.groupBy(changes, (change) => {
    const { holder } = subject(change).ref
    return change.action === 'delete' || isPromised(holder) ? principalKey(holder) : holder.type
  })
  return [...together.values()]
}

/** Jira refuses the whole call for one dead account; the engine then tries the others one by one. */
async function write({ action, changes }: Batch<Actor>, { writer, identities }: WriteContext): Promise<void> {
  const actors = changes.map((change) => subject(change).ref)
  const role = actors[0]
  if (!role) return
  const user = actors.flatMap(({ holder }) => (holder.type === 'user' ? identities.accountId(holder.account) : []))
  const groupId = actors.flatMap(({ holder }) => (holder.type === 'group' ? identities.groupId(holder.group) : []))
  if (action === 'delete') {
    for (const id of user) await removeActor(writer, role, { user: id })
    for (const id of groupId) await removeActor(writer, role, { groupId: id })
    return
  }
  if (user.length > 0) await addActors(writer, role, { user })
  if (groupId.length > 0) await addActors(writer, role, { groupId })
}
