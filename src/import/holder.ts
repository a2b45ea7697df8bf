import type { Account, Directory, Group } from '../core/directory.ts'
import { accountTitle } from '../core/membership.ts'
import { normalName } from '../core/principal.ts'
import type { Subject } from '../core/subject.ts'
import type { Holder } from './holding.ts'
import type { Obstacle } from './obstacle.ts'

/** How people and groups are named. */
export interface Naming {
  readonly directory: Directory
  /** Names of AtlassianUser manifests by account id. */
  readonly userManifests: ReadonlyMap<string, string>
  /** Whether an e-mail or a group's name means something else than when it was last applied. */
  readonly hasChanged: (name: string) => boolean
}

const openStatus: readonly Account['status'][] = ['active', 'suspended', 'not_invited']

/** @param shownAs what the product calls an account that the organization does not know */
export function accountHolder(id: string, naming: Naming, shownAs = id): Holder {
  const account = naming.directory.accountById(id)
  if (!account) return { type: 'user', id, title: shownAs || id, obstacle: unknownAccount(naming.directory) }
  const obstacle = accountObstacle(account)
  const subject = subjectOf(account, naming)
  const note = noteOf(account, subject)
  return {
    type: 'user',
    id,
    title: accountTitle(account),
    subject,
    ...(note !== '' && { note }),
    ...(obstacle && { obstacle }),
  }
}

/** @param shownAs what the product calls the group */
export function groupHolder(id: string, naming: Naming, shownAs = id): Holder {
  const group = naming.directory.groupById(id)
  const base = { type: 'group', id, title: `group ${group?.name ?? shownAs}` } as const
  const obstacle = group ? groupObstacle(group, naming) : unknownGroup(naming.directory)
  return { ...base, ...(group && { subject: { group: group.name } }), ...(obstacle && { obstacle }) }
}

export const classHolder = (id: string): Holder => ({
  type: 'class',
  id,
  title: id,
  obstacle: { code: 'ACCESS_CLASS', why: 'no manifest names it' },
})

function unknownAccount({ unread }: Directory): Obstacle {
  const why = unread.accounts
    ? 'the accounts were not read'
    : 'unknown to the organization: an app, or a guest of the site'
  return { code: unread.accounts ? 'UNNAMEABLE' : 'UNKNOWN_ACCOUNT', why }
}

function unknownGroup({ unread }: Directory): Obstacle {
  const why = unread.groups ? 'the groups were not read' : 'unknown to the organization'
  return { code: unread.groups ? 'UNNAMEABLE' : 'UNKNOWN_GROUP', why }
}

function accountObstacle({ type, status }: Account): Obstacle | undefined {
  if (type === 'customer') return { code: 'CUSTOMER', why: 'a portal customer' }
  if (type !== 'atlassian') return { code: 'APP', why: `an account of type ${type}, which gives itself access` }
  if (openStatus.includes(status)) return undefined
  return { code: 'DEACTIVATED', why: 'deactivated: to be taken away' }
}

/** Why no manifest can name the group, or should. */
export function groupObstacle({ name, groupId }: Group, { directory, hasChanged }: Naming): Obstacle | undefined {
  if (normalName(name).startsWith('atlassian-addons')) return { code: 'APP', why: 'a group of Atlassian apps' }
  const isFound = directory.group(name)?.groupId === groupId
  if (isFound && !hasChanged(normalName(name)) && name.trim() === name && name.length <= 255) return undefined
  return { code: 'UNNAMEABLE', why: 'its name is, or was, that of another group' }
}

/** By manifest, else by address, else by id: an address that is hidden or somebody else's names nobody. */
function subjectOf({ accountId, email }: Account, { directory, userManifests, hasChanged }: Naming): Subject {
  const user = userManifests.get(accountId)
  if (user !== undefined) return { user }
  const isOwn = email !== undefined && directory.account(email)?.accountId === accountId && !hasChanged(email)
  return isOwn && email.length <= 254 ? { email } : { accountId }
}

function noteOf({ name, status, email }: Account, { accountId }: Subject): string {
  const named = accountId === undefined ? [] : [name, ...(email === undefined ? [] : [email])]
  return [...named, ...(status === 'active' ? [] : [status.replace('_', ' ')])].join(', ')
}
