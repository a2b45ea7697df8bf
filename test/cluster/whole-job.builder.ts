import type { ExampleEstate, Found } from './example-estate.builder.ts'

/** One thing that is asked of the controller, and how the objects are when it is done. */
export interface Step {
  readonly ask: (estate: ExampleEstate) => Promise<void>
  readonly isDone: (objects: readonly Found[]) => boolean
}

const has = ({ status }: Found, type: string): boolean =>
  status?.conditions?.some((each) => each.type === type && each.status === 'True') ?? false
const isReady = (each: Found): boolean =>
  has(each, 'Ready') && each.status?.observedGeneration === each.metadata.generation

/** What an object says of itself. */
export const told = ({ kind, metadata, status }: Found): string => {
  const conditions = status?.conditions?.map((each) => `${each.type}=${each.status} ${each.message}`) ?? []
  return `${kind} ${metadata.name} at ${status?.observedGeneration} of ${metadata.generation}: ${conditions.join(', ')}`
}

const isMembership = ({ kind }: Found): boolean => kind === 'AtlassianGroupMembership'
const isOrganization = ({ kind }: Found): boolean => kind === 'AtlassianOrganization'
const isStray = ({ metadata }: Found): boolean => metadata.name === 'stray'

const ofTeam = 'payments-reviewers'
const edits: readonly (readonly [kind: string, name: string, spec: object])[] = [
  ['AtlassianOrganization', 'acme', { interval: '11m' }],
  ['AtlassianUser', 'ana-ruiz', { title: 'Lead' }],
  ['AtlassianGroup', ofTeam, { deletionPolicy: 'Delete' }],
  ['AtlassianGroupMembership', ofTeam, { members: [{ user: 'ana-ruiz' }, { user: 'nadia-rahimi', reason: 'PAY-9' }] }],
  ['JiraRoleBinding', ofTeam, { projects: { keys: ['PAY'] } }],
  ['ConfluenceSpaceGrant', ofTeam, { level: 'Viewer' }],
]

/** The group would be empty, and there would be none. */
const emptying = 'AtlassianGroup AtlassianGroupMembership'

const removeAll = async (estate: ExampleEstate, which: (each: Found) => boolean): Promise<void> => {
  for (const object of (await estate.find()).filter(which)) await estate.delete(object)
}

/** By the digests in the messages of what is held. */
async function approve(estate: ExampleEstate): Promise<void> {
  const conditions = (await estate.find()).flatMap(({ status }) => status?.conditions ?? [])
  const digests = conditions.flatMap(({ message }) => /\(digest (\w+)\)/.exec(message)?.[1] ?? [])
  const annotations = { 'roster.dev/approved': digests.join(',') }
  await estate.edit('AtlassianOrganization', 'acme', { metadata: { annotations } })
}

const groupOfMembers = (group: string) => (estate: ExampleEstate) =>
  estate.edit('AtlassianGroupMembership', ofTeam, { spec: { group } })

/** All that the controller does with objects, in this order. */
export const wholeJob: Readonly<Record<string, Step>> = {
  'what is declared comes to be': {
    ask: (estate) => estate.create(),
    isDone: (objects) => objects.length > 0 && objects.every(isReady),
  },
  'an edit of each kind is taken': {
    ask: async (estate) => {
      for (const [kind, name, spec] of edits) await estate.edit(kind, name, { spec })
    },
    isDone: (objects) => objects.every(isReady),
  },
  'a mistake is told': {
    ask: groupOfMembers('payments-nobody'),
    isDone: (objects) => objects.some((each) => isMembership(each) && has(each, 'Stalled')),
  },
  'and is over once it is mended': {
    ask: groupOfMembers(ofTeam),
    isDone: (objects) => objects.every(isReady),
  },
  'an object without an organization is told so': {
    ask: (estate) => estate.addStray('stray'),
    isDone: (objects) => objects.some((each) => isStray(each) && has(each, 'Stalled')),
  },
  'what is deleted is withdrawn, and waits where that would empty something': {
    ask: (estate) => removeAll(estate, (each) => !isOrganization(each)),
    isDone: (objects) => {
      const left = objects.filter((each) => !isOrganization(each))
      return left.every((each) => has(each, 'Held')) && left.map(({ kind }) => kind).join(' ') === emptying
    },
  },
  'and goes on with an approval': {
    ask: approve,
    isDone: (objects) => objects.every(isOrganization),
  },
  'the organization goes last': {
    ask: (estate) => removeAll(estate, isOrganization),
    isDone: (objects) => objects.length === 0,
  },
}
