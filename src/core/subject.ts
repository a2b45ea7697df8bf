import type { Diagnostic } from './diagnostic.ts'
import type { Account, Directory, Group } from './directory.ts'
import type { ExpandContext } from './kind.ts'
import { normalEmail, normalName } from './principal.ts'
import { didYouMean } from './schema.ts'

/** Exactly one of the fields is set; the schemas see to it. */
export interface Subject {
  /** An AtlassianUser manifest by name. */
  readonly user?: string
  readonly email?: string
  readonly accountId?: string
  /** A group by its name in Atlassian. */
  readonly group?: string
}

type Context = Pick<ExpandContext<unknown, unknown>, 'directory' | 'promised'>
/** `finding`: it is clear who is meant, and not by that name any more. */
export type Found<T> = { readonly found: T; readonly finding?: Diagnostic } | { readonly problem: Diagnostic }
export type AccountOrPromise = Account | { readonly promised: string }
export type GroupOrPromise = Group | { readonly promised: string; readonly name: string }

const mistake = (code: Diagnostic['code'], message: string, path: Diagnostic['path'], hint?: { hint?: string }) => ({
  problem: { code, severity: 'error', message, ...(path && { path }), ...hint } satisfies Diagnostic,
})

/** A name that means somebody else than it did is never followed by itself: that would move access to a stranger. */
export function identityChanged(
  name: string,
  directory: Pick<Directory, 'changed'>,
  path: readonly (string | number)[],
): Diagnostic | undefined {
  const message = directory.changed(name)
  if (message === undefined) return undefined
  const hint = `if the one of today is meant: roster approve ${name}`
  return { code: 'IDENTITY_CHANGED', severity: 'error', message, path, hint }
}

/** The account that a subject means: one that exists, or the promise of another manifest. */
export function resolveAccount(
  { user, email, accountId }: Subject,
  { directory, promised }: Context,
  path: readonly (string | number)[],
): Found<AccountOrPromise> {
  if (accountId !== undefined) {
    const account = directory.accountById(accountId)
    return account
      ? { found: account }
      : notFound(`no account with id ${accountId}`, directory.unread.accounts, [...path, 'accountId'])
  }
  if (user !== undefined) {
    const address = promised.emailByManifest.get(user)
    if (address !== undefined) return byEmail(address, { directory, promised }, [...path, 'user'])
    const hint = didYouMean(user, promised.emailByManifest.keys())
    return mistake('UNKNOWN_REFERENCE', `no AtlassianUser manifest is named "${user}"`, [...path, 'user'], hint)
  }
  return byEmail(normalEmail(email ?? ''), { directory, promised }, [...path, 'email'])
}

function byEmail(
  email: string,
  { directory, promised }: Context,
  path: readonly (string | number)[],
): Found<AccountOrPromise> {
  const account = directory.account(email)
  if (account) return { found: account, ...movedAway(email, account, { promised, path }) }
  const changed = identityChanged(email, directory, path)
  if (changed) return { problem: changed }
  if (directory.unread.accounts) return notFound(`whether ${email} has an account`, directory.unread.accounts, path)
  if (promised.emails.has(email)) return { found: { promised: email } }
  const known = [...promised.emails, ...directory.accounts.flatMap((each) => each.email ?? [])]
  return mistake('UNKNOWN_USER', `no Atlassian account for ${email}`, path, didYouMean(email, known))
}

interface Place extends Pick<Context, 'promised'> {
  readonly path: readonly (string | number)[]
}

/** Told by the manifest of the account, where there is one. */
function movedAway(declared: string, { email }: Account, { promised, path }: Place): { finding?: Diagnostic } {
  const isTold = [...promised.emailByManifest.values()].includes(declared)
  if (email === undefined || email === declared || isTold) return {}
  return otherName(`the account has the address ${email} now`, `declare ${email}`, path)
}

/** Told by the manifest of the group, where there is one. */
function renamedGroup(declared: string, { name }: Group, { promised, path }: Place): { finding?: Diagnostic } {
  if (normalName(name) === normalName(declared) || promised.groups.has(normalName(declared))) return {}
  return otherName(`the group is called "${name}" now`, 'declare it by that name', path)
}

const otherName = (message: string, hint: string, path: Place['path']): { finding: Diagnostic } => ({
  finding: { code: 'IDENTITY_CHANGED', severity: 'warning', message, path, hint },
})

function notFound<T>(
  message: string,
  unread: { message: string } | undefined,
  path: readonly (string | number)[],
): Found<T> {
  if (unread) return mistake('IDENTITIES_UNREAD', `accounts were not read (${unread.message}): ${message}`, path)
  return mistake('UNKNOWN_USER', message, path)
}

/** The group of that name: one that exists, or one that an AtlassianGroup manifest brings about. */
export function resolveGroup(
  name: string,
  { directory, promised }: Context,
  path: readonly (string | number)[],
): Found<GroupOrPromise> {
  const group = directory.group(name)
  if (group) return { found: group, ...renamedGroup(name, group, { promised, path }) }
  const changed = identityChanged(name, directory, path)
  if (changed) return { problem: changed }
  if (directory.unread.groups) {
    return mistake('IDENTITIES_UNREAD', `groups were not read (${directory.unread.groups.message}): "${name}"`, path)
  }
  const declared = promised.groups.get(normalName(name))
  if (declared !== undefined) return { found: { promised: normalName(name), name: declared } }
  return mistake('UNKNOWN_GROUP', `no group is named "${name}"`, path, didYouMean(name, directory.groupNames))
}
