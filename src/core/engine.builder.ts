import Type, { type Static } from 'typebox'
import type { Account, Directory } from './directory.ts'
import { createIdentities } from './directory.ts'
import { subject, type Change } from './change.ts'
import { defineKind, type Authority, type DeclaredObject, type Demand, type ExpandContext, type Kind } from './kind.ts'
import { apiVersion, type Manifest } from './manifest.ts'
import { accountKey, normalEmail, type AccountRef } from './principal.ts'
import { reconcile, type Surroundings, type WriteSide } from './reconcile.ts'
import { RemoteError } from './remote-error.ts'
import type { Resource, Scope } from './resource.ts'
import { OneOf, Strict } from './schema.ts'
import { resolveAccount } from './subject.ts'

/** A kind as small as one can be: boxes that hold people, kept in memory. For tests of the engine. */
const BoxSpec = Strict({
  box: Type.String(),
  authority: OneOf(['Observe', 'Additive', 'Authoritative']),
  people: Type.Array(
    Strict({ email: Type.String(), level: Type.Optional(Type.String()), ends: Type.Optional(Type.Number()) }),
  ),
})

type BoxSpec = Static<typeof BoxSpec>

const PersonSpec = Strict({ email: Type.String() })

interface BoxRef {
  readonly box: string
}
type Held = Resource<BoxRef & { readonly account: AccountRef }, { readonly level: string }>

const boxScope = (box: string): Scope<BoxRef> => ({ kind: 'Box', key: box, ref: { box }, title: `Box ${box}` })

function held(box: string, account: AccountRef, level: string): Held {
  const key = `user:${accountKey(account)}`
  const principal = { type: 'user', account } as const
  return { scope: boxScope(box), key, ref: { box, account }, fields: { level }, title: accountKey(account), principal }
}

export interface BoxWorld {
  /** Level by account id, by box. */
  readonly boxes: Map<string, Map<string, string>>
  /** Account id by e-mail. */
  readonly accounts: Map<string, string>
  readonly unreadable: Set<string>
  /** E-mails that are refused in an answer that is otherwise good. */
  readonly unwelcome: Set<string>
  /** Called before each write; throws to make it fail. `after` runs once the write is done. */
  failure?: {
    before?(action: string, ids: readonly string[]): void
    after?(action: string, ids: readonly string[]): void
  }
  readonly journal: string[]
}

/** Boxes by name: `{ b1: ['ann', 'bob:admin'] }`; everybody named has the e-mail `<name>@x.io` and the id `id-<name>`. */
export function boxWorld(boxes: Readonly<Record<string, readonly string[]>>, others: readonly string[] = []): BoxWorld {
  const entries = Object.entries(boxes).map(([box, people]) => [box, people.map((each) => each.split(':'))] as const)
  const names = [...entries.flatMap(([, people]) => people.map(([name]) => name!)), ...others]
  return {
    boxes: new Map(
      entries.map(([box, people]) => [box, new Map(people.map(([name, level = 'user']) => [`id-${name}`, level]))]),
    ),
    accounts: new Map(names.map((name) => [`${name}@x.io`, `id-${name}`])),
    unreadable: new Set(),
    unwelcome: new Set(),
    journal: [],
  }
}

export function boxKinds(world: BoxWorld): ReadonlyMap<string, Kind> {
  const person = defineKind({
    name: 'Person',
    schema: PersonSpec,
    description: 'Somebody who is made where missing.',
    names: ({ email }) => [{ what: 'account', name: email, path: ['spec', 'email'] }],
    promises: ({ email }) => ({ account: { email, created: true } }),
    expand: ({ manifest, spec }, { directory }) => {
      const scope: Scope = { kind: 'Person', key: normalEmail(spec.email), ref: {}, title: spec.email }
      const account = directory.account(normalEmail(spec.email))
      const resource: Resource = { scope, key: 'account', ref: spec, fields: {}, title: spec.email }
      const entries = manifest.retired ? [] : [{ resource, path: ['spec'] }]
      return {
        claims: account ? [] : [{ scope, authority: 'Additive' }],
        entries: account ? [] : entries,
        diagnostics: [],
      }
    },
    observe: async (scopes) => new Map(scopes.map(({ key }) => [key, []])),
    // everybody who is new goes out together, two at a time
    lanes: (changes) => [changes],
    batches: (changes) =>
      Array.from({ length: Math.ceil(changes.length / 2) }, (_, index) => changes.slice(index * 2, index * 2 + 2)),
    write: async ({ changes }, { identities }) => {
      const emails = changes.map((change) => (subject(change).ref as { email: string }).email)
      world.failure?.before?.('create person', emails)
      const taken = emails.filter((email) => !world.unwelcome.has(email))
      world.journal.push(`create person ${emails.join(',')}`)
      for (const email of taken) {
        world.accounts.set(email, `id-${email.split('@')[0]}`)
        identities.learnAccount(normalEmail(email), `id-${email.split('@')[0]}`)
      }
      return new Map(
        changes.flatMap((change, index) => (taken.includes(emails[index]!) ? [] : [[change, refused(402)] as const])),
      )
    },
  })
  return new Map([person, boxKind(world)].map((kind) => [kind.name, kind]))
}

function boxKind(world: BoxWorld): Kind {
  return defineKind<typeof BoxSpec, undefined, Held>({
    name: 'Box',
    schema: BoxSpec,
    description: 'Who is in a box.',
    names: ({ box: name, people }) => [
      { what: 'project', name, path: ['spec', 'box'], part: 'place' },
      ...people.map(({ email }, index) => ({
        what: 'group' as const,
        name: email,
        path: ['spec', 'people', index],
        part: 'entry' as const,
      })),
    ],
    placeOf: ({ key }) => ({ what: 'project', name: key }),
    needs: ({ people }) => ({ emails: new Set(people.map(({ email }) => normalEmail(email))) }),
    expand: expandBox,
    observe: async (scopes) => new Map(scopes.map((scope) => [scope.key, readBox(world, (scope.ref as BoxRef).box)])),
    batches: (changes) => (changes[0]?.action === 'create' ? [changes] : changes.map((each) => [each])),
    write: async ({ action, changes }, { identities }) => {
      const ids = changes.map((change) => identities.accountId(subject(change).ref.account))
      world.failure?.before?.(action, ids)
      changes.forEach((change, index) => writeBox(world, change, ids[index]!))
      world.journal.push(`${action} ${subject(changes[0]!).ref.box} ${ids.join(',')}`)
      world.failure?.after?.(action, ids)
    },
    realize: ({ ref, fields }, identities) =>
      held(ref.box, { accountId: identities.accountId(ref.account) }, fields.level),
  })
}

function expandBox(
  { manifest, spec }: DeclaredObject<BoxSpec>,
  context: ExpandContext<unknown, unknown>,
): Demand<Held> {
  const claims = [{ scope: boxScope(spec.box), authority: manifest.retired ? ('Additive' as const) : spec.authority }]
  if (manifest.retired) return { claims, entries: [], diagnostics: [] }
  const found = spec.people.map((each, index) => ({
    each,
    path: ['spec', 'people', index],
    ...resolveAccount(each, context, ['spec', 'people', index]),
  }))
  return {
    claims,
    diagnostics: found.flatMap((each) => ('problem' in each ? each.problem : [])),
    entries: found.flatMap((each) => {
      if (!('found' in each)) return []
      const { level = 'user', ends } = each.each
      const resource = held(
        spec.box,
        'promised' in each.found ? each.found : { accountId: each.found.accountId },
        level,
      )
      return { resource, path: each.path, ...(ends !== undefined && { expiresAtMs: ends }) }
    }),
  }
}

function readBox(world: BoxWorld, box: string) {
  if (world.unreadable.has(box)) return { code: 'FORBIDDEN', message: '403' } as const
  return [...(world.boxes.get(box) ?? [])].map(([accountId, level]) => held(box, { accountId }, level))
}

function writeBox(world: BoxWorld, change: Change<Held>, accountId: string): void {
  const { box } = subject(change).ref
  const people = world.boxes.get(box) ?? new Map<string, string>()
  world.boxes.set(box, people)
  if (change.action === 'delete') people.delete(accountId)
  else people.set(accountId, change.after.fields.level)
}

export const refused = (status: number) => new RemoteError({ request: 'POST /box', status, effect: 'refused' })
export const cutOff = () => new RemoteError({ request: 'POST /box', effect: 'unknown' })

let line = 0
function manifest(kind: string, name: string, spec: unknown): Manifest {
  const origin = { file: `access/${name}.yaml`, line: ++line }
  return { apiVersion, kind, name, spec, origin, locate: () => origin }
}

type PersonInBox = string | { readonly email: string; readonly level?: string; readonly ends?: number }

/** `people` by name; `<name>@x.io`. */
export function box(
  name: string,
  people: readonly PersonInBox[],
  authority: Authority = 'Authoritative',
  id = `${name}-box`,
): Manifest {
  const listed = people.map((each) => (typeof each === 'string' ? { email: `${each}@x.io` } : each))
  return manifest('Box', id, { box: name, authority, people: listed })
}
export const person = (name: string): Manifest => manifest('Person', name, { email: `${name}@x.io` })
export const strange = (kind: string, spec: unknown = {}): Manifest => manifest(kind, 'strange', spec)

export function boxDirectory(world: BoxWorld): Directory {
  const accounts = [...world.accounts].map(([email, accountId]): Account => ({
    accountId,
    email,
    name: email,
    type: 'atlassian',
    status: 'active',
    managed: true,
    platformRoles: [],
    groupIds: new Set(),
  }))
  return {
    accounts,
    groups: [],
    unread: {},
    counts: {},
    provisioningMethod: 'SCIM',
    groupNames: [],
    defaultGroups: new Map(),
    authenticationPolicies: new Map(),
    siteUrls: new Map(),
    changed: () => undefined,
    provisionsGroups: false,
    account: (email) => accounts.find((each) => each.email === email),
    accountById: (id) => accounts.find((each) => each.accountId === id),
    group: () => undefined,
    groupById: () => undefined,
    members: () => [],
  }
}

export type RunOptions = Partial<Surroundings> & { readonly removalsFirst?: boolean; readonly signal?: AbortSignal }

/** One pass of the engine over the boxes; `apply: false` is a dry run. */
export async function pass(
  world: BoxWorld,
  manifests: readonly Manifest[],
  options: RunOptions & { readonly apply?: boolean } = {},
) {
  const { apply = true, removalsFirst = false, signal = new AbortController().signal, ...rest } = options
  const load = async () => boxDirectory(world)
  const surroundings: Surroundings = {
    kinds: boxKinds(world),
    reader: { read: () => Promise.reject(new Error('boxes are in memory')) },
    loadDirectory: load,
    forecastDirectory: () => ({ calls: 0, exact: true }),
    readsMade: () => 0,
    policies: () => [],
    approvals: { has: () => false },
    ledger: new Map(),
    nowMs: 1_000_000,
    covers: () => true,
    ...rest,
  }
  const clock = { now: () => 1_000_000, sleep: async () => {} }
  const writer = { write: () => Promise.reject(new Error('boxes are in memory')) }
  const identities = createIdentities()
  const side: WriteSide = { writer, identities, clock, signal, reload: load, removalsFirst }
  return {
    ...(await reconcile({ manifests, diagnostics: [] }, surroundings, async (survey) =>
      apply ? { survey, means: side } : undefined,
    )),
    identities,
  }
}
