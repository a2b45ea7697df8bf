import { unreadOf } from '../../atlassian/paginate.ts'
import type { Unread } from '../../core/directory.ts'
import { defineKind, type Forecast, type ObserveContext } from '../../core/kind.ts'
import { principalKey } from '../../core/principal.ts'
import type { Scope } from '../../core/resource.ts'
import { needsOf, realizePrincipal, usersNamed } from '../principals.ts'
import { namedGroups, placesOf } from '../touches.ts'
import { conversion, observedAccess, type Access, type SpaceScope } from './access.ts'
import { forecastCatalogue, readCatalogue, readRows, type ConfluenceCatalogue } from './catalogue.ts'
import { expand } from './expand.ts'
import { powerOf } from './power.ts'
import { ConfluenceSpaceGrantSpec } from './schema.ts'
import { batches, write } from './write.ts'

export const confluenceSpaceGrant = defineKind<typeof ConfluenceSpaceGrantSpec, ConfluenceCatalogue, Access>({
  name: 'ConfluenceSpaceGrant',
  schema: ConfluenceSpaceGrantSpec,
  description: 'Who may do what in Confluence spaces.',
  names: ({ spaces, subjects, ...granted }) => [
    ...powerOf(granted),
    ...placesOf('space', spaces.keys, ['spec', 'spaces', 'keys']),
    ...namedGroups(subjects),
  ],
  placeOf: (scope) => ({ what: 'space', name: (scope as SpaceScope).ref.spaceKey }),
  needs: ({ subjects }) => needsOf(subjects),
  refersTo: ({ subjects }) => usersNamed(subjects),
  selects: ({ spaces }) => spaces.selector !== undefined,
  catalogue: readCatalogue,
  forecastCatalogue,
  expand,
  forecast,
  observe,
  batches,
  write,
  objection: conversion,
  realize(resource, identities) {
    const holder = realizePrincipal(resource.ref.holder, identities)
    return { ...resource, key: principalKey(holder), principal: holder, ref: { ...resource.ref, holder } }
  },
})

/** At least: a list of more than 250 rows takes more pages. */
function forecast(scopes: readonly Scope[], catalogue: ConfluenceCatalogue): Forecast {
  const calls = (scopes as readonly SpaceScope[]).map(({ ref }) => {
    const site = catalogue.get(ref.site)
    if (!site || 'code' in site) return 0
    return site.mode === 'ROLES_TRANSITION' ? 2 : 1
  })
  return { calls: calls.reduce<number>((sum, each) => sum + each, 0), exact: scopes.length === 0 }
}

async function observe(
  scopes: readonly Scope[],
  { reader, directory, catalogue }: ObserveContext & { readonly catalogue: ConfluenceCatalogue },
): Promise<ReadonlyMap<string, readonly Access[] | Unread>> {
  const observeOne = async (scope: SpaceScope): Promise<readonly Access[] | Unread> => {
    const site = catalogue.get(scope.ref.site)
    if (!site) return { code: 'UNAVAILABLE', message: `site ${scope.ref.site} was not read` }
    if ('code' in site) return site
    try {
      const rows = await readRows(reader, scope.ref, site.mode)
      return observedAccess(scope, rows, { roles: site.roles, directory })
    } catch (error) {
      return unreadOf(error)
    }
  }
  const all = scopes as readonly SpaceScope[]
  return new Map(await Promise.all(all.map(async (scope) => [scope.key, await observeOne(scope)] as const)))
}
