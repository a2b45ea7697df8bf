import { describe, expect, test } from 'vitest'
import { createIdentities } from '../../core/directory.ts'
import type { WriteContext } from '../../core/kind.ts'
import type { ApiRequest } from '../../core/ports.ts'
import { partsOf, sketchContext, sketchDirectory, type DirectorySketch } from '../directory.builder.ts'
import { buildManifest } from '../principals.builder.ts'
import { expand } from './expand.ts'
import { groupResource, groupScope } from './group.ts'
import { atlassianGroup } from './index.ts'
import type { AtlassianGroupSpec } from './schema.ts'

type Spec = AtlassianGroupSpec
const base: Spec = { name: 'Devs', managedBy: 'Organization', deletionPolicy: 'Retain' }
const known: DirectorySketch = { groups: { devs: { description: 'They build.' } } }
const demandOf = (spec: Partial<Spec>, estate: DirectorySketch, retired = false) => {
  const whole = { ...base, ...spec }
  const manifest = buildManifest('AtlassianGroup', whole, retired)
  return expand({ manifest, spec: whole }, sketchContext(sketchDirectory(estate)))
}

describe('expand', () => {
  const table: Record<string, readonly [Partial<Spec>, DirectorySketch, boolean, object]> = {
    'a group that is there': [
      {},
      known,
      false,
      { claims: ['Additive AtlassianGroup/g-devs'], entries: [['AtlassianGroup/g-devs group', {}]], problems: [] },
    ],
    'a group that is missing is promised': [
      {},
      {},
      false,
      { entries: [['AtlassianGroup/promised:devs group', {}]], problems: [] },
    ],
    'another description is reported, since it cannot be written': [
      { description: 'They test.' },
      known,
      false,
      { entries: [['AtlassianGroup/g-devs group', {}]], problems: ['warning NOT_WRITABLE spec.description'] },
    ],
    'the same description is no news': [{ description: 'They build.' }, known, false, { problems: [] }],
    'groups that were not read': [
      {},
      { unread: { groups: { code: 'FORBIDDEN', message: 'answered 403' } } },
      false,
      { claims: [], entries: [], problems: ['error IDENTITIES_UNREAD spec.name'] },
    ],
    'a retired manifest leaves the group alone': [{}, known, true, { claims: [], entries: [] }],
    'a retired manifest deletes the group where it says so': [
      { deletionPolicy: 'Delete' },
      known,
      true,
      { claims: ['Authoritative AtlassianGroup/g-devs'], entries: [] },
    ],
    'a group that is gone needs no deletion': [{ deletionPolicy: 'Delete' }, {}, true, { claims: [], entries: [] }],
  }
  for (const [sentence, [spec, estate, retired, expected]] of Object.entries(table)) {
    test(sentence, () => expect(partsOf(demandOf(spec, estate, retired), expected)).toEqual(expected))
  }

  test('a group that Atlassian does not let go, or that an identity provider owns, is read only', () => {
    const reasonOf = (group: object) => demandOf({}, { groups: { devs: group } }).claims[0]!.scope.readOnly
    expect(reasonOf({ deletable: false })).toContain('does not let be deleted')
    expect(reasonOf({ deletable: false, readOnly: 'change it in Okta' })).toBe('change it in Okta')
    expect(reasonOf({})).toBeUndefined()
  })
})

describe('write', () => {
  /** Each search is answered by the next list of groups, the last one for good. */
  function world(...found: readonly (readonly string[])[]) {
    const journal: ApiRequest[] = []
    let searches = 0
    const context: WriteContext = {
      reader: {
        read: async <Body>() => {
          const names = found[Math.min(searches++, found.length - 1)] ?? []
          return { data: names.map((name, index) => ({ id: `g${index}`, name })), links: {} } as Body
        },
      },
      writer: { write: async <Body>(request: ApiRequest) => (journal.push(request), undefined as Body) },
      identities: createIdentities(),
      directory: sketchDirectory(known),
      catalogue: undefined,
      clock: { now: () => 0, sleep: async () => undefined },
      signal: new AbortController().signal,
    }
    return { context, journal, searches: () => searches }
  }
  const scope = groupScope({ promised: 'devs', name: 'Devs' })
  const change = {
    action: 'create',
    after: groupResource(scope, { description: 'They build.' }),
    why: 'declared',
    origins: [],
  } as const
  const batch = { action: 'create', changes: [change] } as const

  test('the id of a new group is looked up until it shows', async () => {
    const { context, journal, searches } = world([], [], ['devs'])
    await atlassianGroup.write(batch, context)
    expect(journal.map(({ body }) => body)).toEqual([{ name: 'Devs', description: 'They build.' }])
    expect(context.identities.groupId({ promised: 'devs' })).toBe('g0')
    expect(searches()).toBe(3)
  })

  test('an id that is not certain is not learned', async () => {
    const { context } = world(['devs', 'DEVS'])
    await atlassianGroup.write(batch, context)
    expect(() => context.identities.groupId({ promised: 'devs' })).toThrow('does not exist yet')
  })

  test('a group is deleted by its id', async () => {
    const { context, journal } = world()
    const found = groupScope(context.directory.groups[0]!)
    const removal = { action: 'delete', before: groupResource(found), why: 'undeclared', origins: [] } as const
    await atlassianGroup.write({ action: 'delete', changes: [removal] }, context)
    expect(journal.map(({ method, params }) => [method, params])).toEqual([['DELETE', { groupId: 'g-devs' }]])
  })
})
