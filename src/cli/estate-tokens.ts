import { readTokens, type AccountToken } from '../atlassian/account-details.ts'
import { unreadOf } from '../atlassian/paginate.ts'
import type { Account, Directory } from '../core/directory.ts'
import type { Reader } from '../core/ports.ts'
import type { GapItem } from './estate-gap.ts'
import type { PersonItem } from './estate-people.ts'

/** An API token of somebody; its secret is nowhere to be read. */
export interface TokenItem extends AccountToken {
  readonly accountId: string
  readonly email: string
  readonly name: string
  readonly status: string
  readonly declared: PersonItem['declared']
}

export interface TokensItem {
  /** How many accounts were asked about. */
  readonly asked: number
  readonly tokens: readonly TokenItem[]
  /** Addresses of those whose tokens only they can see: the organization does not manage their accounts. */
  readonly notManaged: readonly string[]
}

export interface TokensRead {
  readonly tokens: TokensItem
  readonly gaps: readonly GapItem[]
}

interface Found {
  readonly person: PersonItem
  readonly account: Account
}

/** One call an account, as many at a time as the credential's budget lets. */
export async function readTokensOf(
  people: readonly PersonItem[],
  directory: Directory,
  reader: Reader,
): Promise<TokensRead> {
  if (directory.unread.accounts) {
    const gaps = [{ what: 'accounts', reason: directory.unread.accounts.message }]
    return { tokens: { asked: 0, tokens: [], notManaged: [] }, gaps }
  }
  const found = people.flatMap((person): Found[] => {
    const account = person.emails.flatMap((email) => directory.account(email) ?? [])[0]
    return account ? [{ person, account }] : []
  })
  const asked = found.filter(({ account }) => account.managed)
  const answers = await Promise.all(asked.map((each) => tokensOf(each, reader)))
  const notManaged = found.filter(({ account }) => !account.managed).map(({ person }) => person.emails[0]!)
  return {
    tokens: { asked: asked.length, tokens: answers.flatMap(({ tokens }) => tokens), notManaged },
    gaps: answers.flatMap(({ gap }) => gap ?? []),
  }
}

async function tokensOf({ person, account }: Found, reader: Reader) {
  const { accountId, email = person.emails[0]!, name, status } = account
  const read = await readTokens(reader, accountId).catch(unreadOf)
  if ('code' in read) return { tokens: [], gap: { what: `API tokens of ${email}`, reason: read.message } }
  const { declared } = person
  return { tokens: read.map((token): TokenItem => ({ accountId, email, name, status, declared, ...token })) }
}

/** Who left, and whose way in by token may still be open. */
export const isLeaver = ({ declared }: PersonItem): boolean => declared !== 'Active'
