import { count, few } from '../report/terminal-text.ts'
import type { AccountItem } from './estate-accounts.ts'
import type { ReconciliationItem } from './estate-items.ts'
import type { TokensItem } from './estate-tokens.ts'

export type Rows = readonly (readonly string[])[]
type Listed = (names: readonly string[]) => string

/** Lines above a table, and the table. */
export interface Block {
  readonly head?: readonly string[]
  readonly rows: Rows
}

export const accountRows = (accounts: readonly AccountItem[], listed: Listed): Rows => [
  ['E-MAIL', 'NAME', 'STATE', 'OWNER', '2-STEP', 'POLICY', 'ADMIN', 'LAST ACTIVE', 'PRODUCTS', 'GROUPS'],
  ...accounts.map((account) => [
    addressOf(account),
    account.name,
    account.status,
    ownerOf(account),
    account.mfaEnabled === undefined ? '?' : account.mfaEnabled ? 'yes' : 'no',
    policyOf(account),
    listed(account.platformRoles.map((role) => role.replace(/^atlassian\//, ''))),
    dateOf(account.lastActiveAt),
    account.products ? listed([...new Set(account.products.map(({ key }) => key))]) : '?',
    listed(account.groups),
  ]),
]

/** The id stands for an address that is hidden: it is what a manifest can name. */
const addressOf = ({ email, accountId }: AccountItem): string => email ?? `(hidden) ${accountId}`

function ownerOf({ provisioned, managed }: AccountItem): string {
  if (provisioned) return 'SCIM'
  return managed ? 'organization' : 'person'
}

function policyOf({ managed, authenticationPolicy: policy }: AccountItem): string {
  if (!managed || policy === null) return '-'
  if (policy === undefined) return '?'
  const { id, name = id, enforces } = policy
  if (enforces === undefined) return `${name} (not declared)`
  return enforces.length === 0 ? name : `${name} (${enforces.join(', ')})`
}

/** No list of Atlassian's says "never": a time that is missing may as well be one that is not known. */
const dateOf = (iso: string | undefined): string => iso?.slice(0, 10) ?? 'unknown'

/** Accounts by the reason why no manifest matches them, each with what to do; then people without an account. */
export function reconciliationBlocks(
  accounts: readonly AccountItem[],
  { matched, reasons, accountless }: ReconciliationItem,
): readonly Block[] {
  const total = `${count(matched, 'account is', 'accounts are')} matched by a manifest, ${accounts.length} not; ${count(accountless.length, 'declared person has', 'declared people have')} no account`
  const groups = reasons.map(({ reason, meaning, remedy }): Block => {
    const some = accounts.filter(({ unmatched }) => unmatched?.reason === reason)
    return {
      head: [`${reason}: ${count(some.length, 'account')}, ${meaning}`, `  what to do: ${remedy}`],
      rows: [
        ['E-MAIL', 'NAME', 'STATE', 'OWNER', 'LAST ACTIVE', 'ACCOUNT ID', 'LIKE'],
        ...some.map((account) => [
          addressOf(account),
          account.name,
          account.status,
          ownerOf(account),
          dateOf(account.lastActiveAt),
          account.accountId,
          account.unmatched?.like ?? '-',
        ]),
      ],
    }
  })
  return [{ head: [total], rows: [] }, ...groups, ...accountlessBlock(accountless)]
}

function accountlessBlock(accountless: ReconciliationItem['accountless']): readonly Block[] {
  if (accountless.length === 0) return []
  const remedy = 'what to do: apply makes accounts for those who are Active; manifests of the others may go'
  return [
    {
      head: [`WITHOUT_ACCOUNT: ${count(accountless.length, 'declared person', 'declared people')}`, `  ${remedy}`],
      rows: [
        ['E-MAIL', 'MANIFEST', 'DECLARED', 'AT'],
        ...accountless.map(({ email, name, state, at }) => [email, name, state, at]),
      ],
    },
  ]
}

export function tokenBlocks({ asked, tokens, notManaged }: TokensItem, mostNames: number): readonly Block[] {
  const people = new Set(tokens.map(({ accountId }) => accountId)).size
  const hidden = notManaged.length === 0 ? [] : [`Not managed, so theirs alone to see: ${few(notManaged, mostNames)}`]
  const total = `${count(tokens.length, 'API token')} of ${count(people, 'account')}; ${count(asked, 'account')} asked`
  const head: Block = { head: [total, ...hidden], rows: [] }
  if (tokens.length === 0) return [head]
  return [
    head,
    {
      rows: [
        ['E-MAIL', 'DECLARED', 'STATE', 'TOKEN', 'CREATED', 'LAST USED', 'EXPIRES'],
        ...tokens.map(({ email, declared, status, label, createdAt, lastUsedAt, expiresAt }) => [
          email,
          declared,
          status,
          label,
          dateOf(createdAt),
          dateOf(lastUsedAt),
          dateOf(expiresAt),
        ]),
      ],
    },
  ]
}
