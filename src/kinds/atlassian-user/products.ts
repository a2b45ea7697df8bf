import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Directory } from '../../core/directory.ts'
import type { Claim, Entry } from '../../core/kind.ts'
import { member, membersScope, type Member } from '../../core/membership.ts'
import { didYouMean } from '../../core/schema.ts'
import type { AccountOrPromise } from '../../core/subject.ts'

/** Every default group, so that a product that is not declared any more is taken back where Roster gave it. */
export const productClaims = ({ defaultGroups }: Directory): readonly Claim[] => {
  const scopes = [...defaultGroups.values()].map(membersScope)
  return [...new Map(scopes.map((scope) => [scope.key, scope])).values()].map((scope) => ({
    scope,
    authority: 'Additive',
  }))
}

/** A product is a membership of its default group. */
export function productEntries(
  products: readonly string[],
  account: AccountOrPromise,
  directory: Directory,
): { readonly entries: readonly Entry<Member>[]; readonly diagnostics: readonly Diagnostic[] } {
  const entries: Entry<Member>[] = []
  const diagnostics: Diagnostic[] = []
  for (const [index, product] of products.entries()) {
    const path = ['spec', 'products', index]
    const group = directory.defaultGroups.get(product)
    if (group)
      entries.push({ resource: member(membersScope(group), account), path, notes: [`may cost a ${product} seat`] })
    else diagnostics.push(unknownProduct(product, directory, path))
  }
  return { entries, diagnostics }
}

function unknownProduct(
  product: string,
  { defaultGroups, unread }: Directory,
  path: readonly (string | number)[],
): Diagnostic {
  if (unread.groups) {
    const message = `groups were not read (${unread.groups.message}): the default group of ${product}`
    return { code: 'IDENTITIES_UNREAD', severity: 'error', message, path }
  }
  const message = `no default group is known for ${product}`
  const { hint = 'declare it in spec.defaultGroups of the AtlassianOrganization' } = didYouMean(
    product,
    defaultGroups.keys(),
  )
  return { code: 'UNKNOWN_PRODUCT', severity: 'error', message, path, hint }
}
