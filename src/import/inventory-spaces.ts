import type { PermissionEntry, SiteEstate, SiteSpaces, SpaceEntry } from '../atlassian/catalogue-all.ts'
import { grantOf } from '../kinds/confluence-space-grant/grant.ts'
import {
  isWritable,
  permissionsOfLevel,
  readSpace,
  roleOfLevel,
  type Level,
} from '../kinds/confluence-space-grant/permissions.ts'
import { holding, together, unreadPlace, type Found } from './found.ts'
import { accountHolder, classHolder, groupHolder, type Naming } from './holder.ts'
import type { Holder, Holding, SpaceAccess } from './holding.ts'

export interface FoundSpaces extends Found {
  readonly personal: number
  readonly archived: number
}

/** Access to spaces in use that are nobody's own. */
export function spaceInventory({ site, spaces }: SiteEstate, naming: Naming): FoundSpaces {
  if ('code' in spaces) return { ...unreadPlace(`spaces of site ${site}`, spaces), personal: 0, archived: 0 }
  const shared = spaces.spaces.filter(({ type }) => type !== 'personal')
  const used = shared.filter(({ status }) => status !== 'archived')
  const found = together(used.map((space) => accessOf({ site, space, model: spaces }, naming)))
  return { ...found, personal: spaces.spaces.length - shared.length, archived: shared.length - used.length }
}

interface SpaceOfSite {
  readonly site: string
  readonly space: SpaceEntry
  readonly model: Pick<SiteSpaces, 'mode' | 'roles'>
}

function accessOf({ site, space, model }: SpaceOfSite, naming: Naming): Found {
  const { id, key, name, assignments, permissions } = space
  const at = { what: 'space', site, key } as const
  const unread = [assignments, permissions].find((each) => 'code' in each)
  if (unread && 'code' in unread) return unreadPlace(`access to space ${key}`, unread, at)
  if ('code' in assignments || 'code' in permissions) return { holdings: [], gaps: [] }
  const found = new Map<string, Holding>()
  const place = { ...at, name }
  const scope = `ConfluenceSpaceGrant/${site}/${id}`
  for (const { principalType, principalId, roleId } of assignments) {
    const each = holding(scope, place, holderOf(principalType, principalId, naming))
    found.set(each.id, { ...each, ...roleAccess(roleId, model) })
  }
  for (const own of byPrincipal(permissions)) {
    const each = holding(scope, place, holderOf(own[0]!.principalType, own[0]!.principalId, naming))
    // rows that follow from a role are listed too on a site in transition: they are the role's
    if (!found.has(each.id))
      found.set(each.id, {
        ...each,
        ...customAccess(
          own.map(({ permission }) => permission),
          model,
        ),
      })
  }
  return { holdings: [...found.values()], gaps: [] }
}

/** A `role` as principal says what the role may do, and gives nobody access. */
const byPrincipal = (rows: readonly PermissionEntry[]): Iterable<readonly PermissionEntry[]> =>
  Map.groupBy(
    rows.filter(({ principalType }) => principalType.toLowerCase() !== 'role'),
    ({ principalType, principalId }) => `${principalType}:${principalId}`,
  ).values()

/** v2 writes types small in permissions and large in role assignments. New ones may come at any time. */
function holderOf(type: string, id: string, naming: Naming): Holder {
  const kind = type.toLowerCase().replace('_', '-')
  if (kind === 'group') return groupHolder(id, naming)
  if (kind === 'user' && id !== 'anonymous') return accountHolder(id, naming)
  if (kind === 'user') return classHolder('anonymous-users')
  return classHolder(kind === 'access-class' ? id : `${kind}:${id}`)
}

type Access = Pick<Holding, 'access' | 'note' | 'obstacle'>

/** A level where it means the role on this site, else the role by its name; nothing where the name means another role. */
function roleAccess(roleId: string, model: SpaceOfSite['model']): Access {
  const role = model.roles.find(({ id }) => id === roleId)
  const level = (Object.keys(roleOfLevel) as readonly Level[]).find((each) => roleOfLevel[each] === role?.name)
  const candidates: readonly SpaceAccess[] = role
    ? [...(level && role.type === 'SYSTEM' ? [{ level }] : []), { role: role.name }]
    : []
  const access = candidates.find((each) => means(each, roleId, model))
  if (access) return { access }
  return {
    obstacle: { code: 'UNNAMEABLE', why: `the site has no role ${role?.name ?? roleId} that a name alone means` },
  }
}

function means(access: SpaceAccess, roleId: string, model: SpaceOfSite['model']): boolean {
  const granted = grantOf(access as Parameters<typeof grantOf>[0], model)
  return 'grant' in granted && 'role' in granted.grant.fields && granted.grant.fields.role === roleId
}

function customAccess(pairs: readonly string[], { mode }: SpaceOfSite['model']): Access {
  const known = [...new Set(pairs.filter(isWritable))].toSorted()
  if (mode !== 'PRE_ROLES') {
    return {
      obstacle: {
        code: 'CUSTOM_ACCESS',
        why: `custom access (${pairs.toSorted().join(', ')}): give a role, with adoptCustomAccess`,
      },
    }
  }
  if (!known.includes(readSpace))
    return {
      obstacle: { code: 'UNNAMEABLE', why: `permissions without ${readSpace} (${pairs.toSorted().join(', ')})` },
    }
  const unknown = pairs.filter((pair) => !isWritable(pair)).toSorted()
  const level = (Object.keys(permissionsOfLevel) as readonly Level[]).find(
    (each) => permissionsOfLevel[each].join() === known.join(),
  )
  return {
    access: level ? { level } : { permissions: known },
    ...(unknown.length > 0 && { note: `also ${unknown.join(', ')}` }),
  }
}
