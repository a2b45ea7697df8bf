import type { Diagnostic } from '../core/diagnostic.ts'
import type { Directory, Identities, IdentityNeeds } from '../core/directory.ts'
import type { ExpandContext, Reference } from '../core/kind.ts'
import { accountTitle, reasonToKeep } from '../core/membership.ts'
import { normalEmail, normalName, type Principal } from '../core/principal.ts'
import { resolveAccount, resolveGroup, type Found, type Subject } from '../core/subject.ts'

/** Whose access a resource is, as the kinds that grant access to subjects print and guard it. */
export interface Holder {
  readonly principal: Principal
  /** `ana@acme.com`, `group pay-devs` */
  readonly title: string
  /** Why nobody's silence removes it. */
  readonly keep?: string
}

type Context = Pick<ExpandContext<unknown, unknown>, 'directory' | 'promised'>

/** The holder that a subject of a manifest means. */
export function resolveHolder(subject: Subject, context: Context, path: readonly (string | number)[]): Found<Holder> {
  if (subject.group !== undefined) return resolveGroupHolder(subject.group, context, [...path, 'group'])
  const { accountId } = subject
  // no search of the organization shows apps: an id that it does not know is left to the product to judge
  if (accountId !== undefined && !context.directory.unread.accounts) {
    return { found: accountHolder(accountId, context.directory) }
  }
  const result = resolveAccount(subject, context, path)
  if ('problem' in result) return result
  const { found: account, ...finding } = result
  if ('promised' in account) {
    const { promised } = account
    return { found: { principal: { type: 'user', account: { promised } }, title: promised } }
  }
  return { found: accountHolder(account.accountId, context.directory), ...finding }
}

function resolveGroupHolder(name: string, context: Context, path: readonly (string | number)[]): Found<Holder> {
  const result = resolveGroup(name, context, path)
  if ('problem' in result) return result
  const { found: group, ...finding } = result
  if (!('promised' in group)) return { found: groupHolder(group.groupId, group.name, context.directory), ...finding }
  const { promised } = group
  return { found: { principal: { type: 'group', group: { promised } }, title: `group ${group.name}` } }
}

/** An account that holds access. One that the organization does not know is an app or a guest: never pruned. */
export function accountHolder(accountId: string, directory: Directory, shownAs = accountId): Holder {
  const account = directory.accountById(accountId)
  const keep = account ? reasonToKeep(account) : 'account unknown to the organization'
  return {
    principal: { type: 'user', account: { accountId } },
    title: account ? accountTitle(account) : shownAs,
    ...(keep !== undefined && { keep }),
  }
}

/** A group that holds access. Add-ons put themselves into groups of their own (reference section 11). */
export function groupHolder(groupId: string, name: string | undefined, directory: Directory): Holder {
  const shown = directory.groupById(groupId)?.name ?? name ?? groupId
  return {
    principal: { type: 'group', group: { groupId } },
    title: `group ${shown}`,
    ...(normalName(shown).startsWith('atlassian-addons') && { keep: 'group of Atlassian apps' }),
  }
}

/** The same principal with promised identities replaced. @throws PendingIdentityError */
export function realizePrincipal(principal: Principal, identities: Identities): Principal {
  if (principal.type === 'user') {
    return { type: 'user', account: { accountId: identities.accountId(principal.account) } }
  }
  if (principal.type === 'group') return { type: 'group', group: { groupId: identities.groupId(principal.group) } }
  return principal
}

/** What must be known to resolve these subjects. Users named by manifest are the need of their own manifest. */
export function needsOf(subjects: readonly Subject[]): Partial<IdentityNeeds> {
  return {
    // who else holds access must be known too: apps are kept, and people are counted through groups
    everyone: true,
    emails: new Set(subjects.flatMap(({ email }) => (email === undefined ? [] : normalEmail(email)))),
    accountIds: new Set(subjects.flatMap(({ accountId }) => accountId ?? [])),
    groupNames: new Set(subjects.flatMap(({ group }) => (group === undefined ? [] : normalName(group)))),
  }
}

/** The AtlassianUser manifests that subjects name. */
export const usersNamed = (subjects: readonly Subject[]): readonly Reference[] =>
  subjects.flatMap(({ user }) => (user === undefined ? [] : { kind: 'AtlassianUser', name: user }))

/** A diagnostic of a retired manifest: it must not hold removals for something that has gone with it. */
export const asWarning = (diagnostic: Diagnostic): Diagnostic => ({ ...diagnostic, severity: 'warning' })
