import type { Account, Group } from '../core/directory.ts'
import { compare, type Fields, type Json } from '../core/resource.ts'
import type { Subject } from '../core/subject.ts'
import type { Draft, DraftNote } from './draft.ts'
import type { Holding, Place, SpaceAccess } from './holding.ts'
import { slug } from './slug.ts'

/** Most entries of one manifest (schemas of the kinds). */
const most = { members: 5000, subjects: 1000, keys: 500 } as const

export interface DraftOptions {
  /** Set where the declaration has more than one organization. */
  readonly organization?: string
  readonly hasManySites: boolean
}

type ProjectPlace = Extract<Place, { readonly what: 'project' }>
type SpacePlace = Extract<Place, { readonly what: 'space' }>

export function groupDraft({ name, groupId, description, provisionedId }: Group, options: DraftOptions): Draft {
  const isDescribed = description !== undefined && description.length <= 1000
  return {
    kind: 'AtlassianGroup',
    name: slug(name, groupId),
    spec: {
      ...referenceTo(options),
      name,
      ...(isDescribed && { description }),
      ...(provisionedId !== undefined && { managedBy: 'SCIM' }),
    },
    head: [],
    notes: [],
  }
}

/** The name is final: memberships and bindings refer to it. */
export function accountDraft(account: Account, name: string, options: DraftOptions): Draft {
  const isSuspended = account.status === 'suspended'
  return {
    kind: 'AtlassianUser',
    name,
    spec: { ...referenceTo(options), email: account.email ?? '', ...(isSuspended && { state: 'Suspended' }) },
    head: [],
    notes: [{ path: ['spec', 'email'], text: account.name }],
  }
}

/** Manifests of holdings that stand in one file. */
export function holdingDrafts(
  holdings: readonly Holding[],
  isByTeam: boolean,
  options: DraftOptions,
): readonly Draft[] {
  const groups = Map.groupBy(holdings, (each) => keyOf(each, isByTeam))
  return [...groups.values()].flatMap((group) => {
    const { place } = group[0]!
    if (place.what === 'group') return memberDrafts(place.group, group, options)
    return place.what === 'project'
      ? bindingDrafts(place, group, { isByTeam, options })
      : grantDrafts(place, group, { isByTeam, options })
  })
}

/** What one manifest says: several subjects in one place, or one group in several places. */
function keyOf({ place, holder, access }: Holding, isByTeam: boolean): string {
  if (place.what === 'group') return JSON.stringify([place.what, place.group.groupId])
  const held = place.what === 'project' ? place.role : access
  return JSON.stringify([
    place.what,
    place.site,
    held,
    isByTeam && holder.type === 'group' ? holder.id : ['at', place.key],
  ])
}

function memberDrafts(group: Group, holdings: readonly Holding[], options: DraftOptions): readonly Draft[] {
  const sorted = holdings.toSorted(byTitle)
  const head =
    group.defaultFor.length > 0
      ? [
          `Default group of ${group.defaultFor.join(', ')}: who is in it may hold a seat. Nobody is removed from it without allowDefaultGroups.`,
        ]
      : []
  return chunks(sorted, most.members).map((some) => ({
    kind: 'AtlassianGroupMembership',
    name: slug(group.name, group.groupId),
    spec: { ...referenceTo(options), group: group.name, authority: 'Additive', members: some.map(subjectOf) },
    head,
    notes: some.flatMap((each, index) => notesOf(each, ['spec', 'members', index])),
  }))
}

interface Within {
  readonly isByTeam: boolean
  readonly options: DraftOptions
}

function bindingDrafts(
  place: ProjectPlace,
  holdings: readonly Holding[],
  { isByTeam, options }: Within,
): readonly Draft[] {
  return granted(holdings, most.subjects).flatMap(({ keys, subjects, notes }) => ({
    kind: 'JiraRoleBinding',
    name: nameOf(place, holdings, { isByTeam, options, held: place.role }),
    spec: {
      ...referenceTo(options),
      site: place.site,
      projects: { keys },
      role: place.role,
      authority: 'Additive',
      subjects,
    },
    head: headOf(`Jira space (project) ${place.key}, ${place.name}`, holdings, isByTeam),
    notes,
  }))
}

function grantDrafts(place: SpacePlace, holdings: readonly Holding[], { isByTeam, options }: Within): readonly Draft[] {
  const access = holdings[0]!.access!
  return granted(holdings, most.subjects).flatMap(({ keys, subjects, notes }) => ({
    kind: 'ConfluenceSpaceGrant',
    name: nameOf(place, holdings, { isByTeam, options, held: wordFor(access) }),
    spec: {
      ...referenceTo(options),
      site: place.site,
      spaces: { keys },
      ...fieldsOf(access),
      authority: 'Additive',
      subjects,
    },
    head: headOf(`Confluence space ${place.key}, ${place.name}`, holdings, isByTeam),
    notes,
  }))
}

const referenceTo = ({ organization }: DraftOptions): Fields =>
  organization === undefined ? {} : { organizationRef: { name: organization } }

const wordFor = ({ level, role }: SpaceAccess): string => level ?? role ?? 'permissions'

const fieldsOf = ({ level, role, permissions }: SpaceAccess): Fields => {
  if (level !== undefined) return { level }
  return role === undefined ? { permissions: permissions ?? [] } : { role }
}

interface Naming extends Within {
  readonly held: string
}

function nameOf(
  place: ProjectPlace | SpacePlace,
  holdings: readonly Holding[],
  { isByTeam, options, held }: Naming,
): string {
  const { holder } = holdings[0]!
  const isOfGroup = isByTeam && holder.type === 'group'
  const start = isOfGroup ? slug(holder.title.replace(/^group /, ''), holder.id) : slug(place.key, 'key')
  const site = options.hasManySites ? ` ${place.site}` : ''
  return slug(`${start} ${held}${site}`, 'grant')
}

/** In a file of a group it stands for itself that groups hold it; people beside them are a list to clean up. */
function headOf(title: string, holdings: readonly Holding[], isByTeam: boolean): readonly string[] {
  if (isByTeam && holdings[0]!.holder.type === 'group') return []
  const direct = holdings.filter(({ holder }) => holder.type === 'user').length
  if (direct === 0) return [title]
  return [title, `${direct} of ${holdings.length} hold it directly, without a group.`]
}

interface Granted {
  readonly keys: readonly string[]
  readonly subjects: readonly Json[]
  readonly notes: readonly DraftNote[]
}

/** One holder in many places, or many holders in one place; never more than a manifest takes. */
function granted(holdings: readonly Holding[], mostSubjects: number): readonly Granted[] {
  const keys = [...new Set(holdings.flatMap(({ place }) => (place.what === 'group' ? [] : [place.key])))].toSorted(
    compare,
  )
  const holders = [...new Map(holdings.toSorted(byTitle).map((each) => [each.holder.id, each])).values()]
  return chunks(keys, most.keys).flatMap((someKeys) =>
    chunks(holders, mostSubjects).map((some) => ({
      keys: someKeys,
      subjects: some.map(subjectOf),
      notes: some.flatMap((each, index) => notesOf(each, ['spec', 'subjects', index])),
    })),
  )
}

/** Groups first, then people, each by name. */
const byTitle = ({ holder: a }: Holding, { holder: b }: Holding): number =>
  compare(a.type, b.type) || compare(a.title, b.title)

const subjectOf = ({ holder }: Holding): Json => ({ ...(holder.subject as Subject & Fields) })

function notesOf({ holder, note }: Holding, path: readonly (string | number)[]): readonly DraftNote[] {
  const text = [holder.note, note].filter((each) => each !== undefined).join('; ')
  const [field] = Object.keys(holder.subject ?? {})
  return text === '' || field === undefined ? [] : [{ path: [...path, field], text }]
}

const chunks = <Item>(all: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size))
