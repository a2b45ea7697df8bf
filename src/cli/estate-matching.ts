import type { Account, Directory } from '../core/directory.ts'
import type { DeclaredObject } from '../core/kind.ts'
import { normalEmail } from '../core/principal.ts'
import type { AtlassianUserSpec } from '../kinds/atlassian-user/schema.ts'
import { isOpen } from './estate-account-state.ts'

/** Why no AtlassianUser matches an account, and what to do; what needs somebody first. */
export const unmatchedReasons = {
  ORPHAN: {
    meaning: 'no manifest speaks of them',
    remedy: 'declare them as AtlassianUser, or find out whose they are and suspend them',
  },
  OTHER_ADDRESS: {
    meaning: 'their address is another form of a declared one',
    remedy: 'where it is the same person, put the address into formerEmails or correct it; else declare the account',
  },
  DUPLICATE: {
    meaning: 'they share an address or a SCIM record with another account',
    remedy: 'keep one: name the other by accountId until it holds nothing, then suspend it',
  },
  NAMED_ONLY: {
    meaning: 'members or subjects name them, and they have no manifest of their own',
    remedy: 'declare them as AtlassianUser where their state is to be kept, too',
  },
  HIDDEN_EMAIL: {
    meaning: 'they show no address',
    remedy: 'name them by accountId where they are to hold something',
  },
  DEACTIVATED: { meaning: 'they are closed', remedy: 'nothing: nobody can sign in with them' },
  PORTAL_CUSTOMER: { meaning: 'they are customers of a help-desk portal', remedy: 'nothing: they can be in no group' },
  APP: {
    meaning: 'they are apps and service accounts',
    remedy: 'nothing: none loses anything unless a manifest names it by accountId',
  },
} as const

export type UnmatchedReason = keyof typeof unmatchedReasons

export interface UnmatchedItem {
  readonly accountId: string
  readonly reason: UnmatchedReason
  /** The manifest, or the account id of the other account, that the reason speaks of. */
  readonly like?: string
}

/** A declared person who has no account. */
export interface AccountlessItem {
  readonly name: string
  readonly email: string
  readonly state: AtlassianUserSpec['state']
  /** `access/people/payments.yaml:12` */
  readonly at: string
}

export interface Matching {
  /** How many accounts a manifest matches. */
  readonly matched: number
  readonly unmatched: readonly UnmatchedItem[]
  readonly accountless: readonly AccountlessItem[]
}

/** What the declaration says of people. */
export interface DeclaredPeople {
  readonly users: readonly DeclaredObject<AtlassianUserSpec>[]
  /** Named by the other kinds; e-mails in normal form. */
  readonly named: { readonly emails: ReadonlySet<string>; readonly accountIds: ReadonlySet<string> }
}

/** Account by account, which manifest it belongs to, or why to none. Pure; `directory` must be whole. */
export function matchAccounts(directory: Directory, { users, named }: DeclaredPeople): Matching {
  const found = users.map((user) => ({ user, account: accountOf(user, directory) }))
  const matched = new Set(found.flatMap(({ account }) => account?.accountId ?? []))
  const manifests = new Map(users.map((user) => [bareAddress(user.spec.email), user.manifest.name]))
  const marks = accountsByMark(directory.accounts)
  const others = directory.accounts.filter(({ accountId }) => !matched.has(accountId))
  return {
    matched: matched.size,
    unmatched: others.map((account) => ({
      accountId: account.accountId,
      ...reasonFor(account, { marks, manifests, named }),
    })),
    accountless: found.flatMap(({ user, account }) => (account ? [] : [accountless(user)])),
  }
}

/** As the kind finds it: by the address, or else by a former one. */
const accountOf = ({ spec }: DeclaredObject<AtlassianUserSpec>, directory: Directory): Account | undefined =>
  [spec.email, ...spec.formerEmails].flatMap((email) => directory.account(normalEmail(email)) ?? [])[0]

function accountless({ manifest, spec }: DeclaredObject<AtlassianUserSpec>): AccountlessItem {
  const { file, line = 1 } = manifest.origin
  return { name: manifest.name, email: normalEmail(spec.email), state: spec.state, at: `${file}:${line}` }
}

interface Looked {
  /** Accounts by what only one of them should have. */
  readonly marks: ReadonlyMap<string, readonly Account[]>
  /** Manifest by bare address. */
  readonly manifests: ReadonlyMap<string, string>
  readonly named: DeclaredPeople['named']
}

type Reason = Omit<UnmatchedItem, 'accountId'>

function reasonFor(account: Account, looked: Looked): Reason {
  if (account.type !== 'atlassian') return { reason: account.type === 'customer' ? 'PORTAL_CUSTOMER' : 'APP' }
  if (!isOpen(account)) return { reason: 'DEACTIVATED' }
  const twin = marksOf(account)
    .flatMap((mark) => looked.marks.get(mark) ?? [])
    .find((other) => other !== account)
  return twin ? { reason: 'DUPLICATE', like: twin.accountId } : nameReason(account, looked)
}

function nameReason({ accountId, email }: Account, { manifests, named }: Looked): Reason {
  if (named.accountIds.has(accountId)) return { reason: 'NAMED_ONLY' }
  if (email === undefined) return { reason: 'HIDDEN_EMAIL' }
  const manifest = manifests.get(bareAddress(email))
  if (manifest !== undefined) return { reason: 'OTHER_ADDRESS', like: manifest }
  return { reason: named.emails.has(email) ? 'NAMED_ONLY' : 'ORPHAN' }
}

const marksOf = ({ email, provisioned }: Account): readonly string[] => [
  ...(email === undefined ? [] : [`address ${email}`]),
  ...(provisioned ? [`record ${provisioned.id}`] : []),
]

function accountsByMark(accounts: readonly Account[]): ReadonlyMap<string, readonly Account[]> {
  const marked = accounts.flatMap((account) => marksOf(account).map((mark) => ({ mark, account })))
  const groups = Map.groupBy(marked, ({ mark }) => mark)
  return new Map([...groups].map(([mark, all]) => [mark, all.map(({ account }) => account)]))
}

/** What stays the same where somebody moves to another domain of the company, or adds a tag: `ana+jira@acme.io` is ana. */
function bareAddress(email: string): string {
  const [local = ''] = normalEmail(email).split('@')
  return local.replace(/(.)\+.*$/, '$1')
}
