import { declare, type Declared } from '../core/declare.ts'
import type { DeclaredObject } from '../core/kind.ts'
import { manifestId } from '../core/manifest.ts'
import { normalEmail } from '../core/principal.ts'
import { retired } from '../core/state.ts'
import { userKind } from '../kinds/atlassian-user/account.ts'
import type { AtlassianUserSpec } from '../kinds/atlassian-user/schema.ts'
import { kinds } from '../kinds/index.ts'
import { byOrganization } from '../run/organizations.ts'
import type { Located } from './declaration.ts'
import type { GapItem } from './estate-gap.ts'
import type { DeclaredPeople } from './estate-matching.ts'

type User = DeclaredObject<AtlassianUserSpec>

/** A person whose account is looked at; `Gone`: the manifest went away, and it said what was to become of the account. */
export interface PersonItem {
  readonly name: string
  readonly emails: readonly string[]
  readonly declared: AtlassianUserSpec['state'] | 'Gone'
}

export interface OrganizationPeople extends DeclaredPeople {
  readonly people: readonly PersonItem[]
  /** Manifests that could not be understood: whom they declare is not known. */
  readonly gaps: readonly GapItem[]
}

/** Everybody that the manifests of one organization declare, and whom the last apply left behind. */
export async function peopleOf(organization: string, { declaration, store }: Located): Promise<OrganizationPeople> {
  const estate = byOrganization(declaration).estates.find((each) => each.organization.name === organization)
  if (!estate) throw new Error(`${organization} is not declared`)
  const { manifests } = estate.declaration
  const living = declare(estate.declaration, kinds)
  const left = retired(await store(organization).load(), manifests, () => true)
  const present = new Set(manifests.map(manifestId))
  const gone = declare({ manifests: left.filter((each) => !present.has(manifestId(each))), diagnostics: [] }, kinds)
  return {
    users: usersIn(living),
    named: namedIn(living),
    people: [
      ...usersIn(living).map(({ manifest, spec }) => person(manifest.name, spec, spec.state)),
      ...usersIn(gone)
        .filter(({ spec }) => spec.deletionPolicy !== 'Retain')
        .map(({ manifest, spec }) => person(manifest.name, spec, 'Gone')),
    ],
    gaps: gapsIn(living),
  }
}

/** The kind's own parser has made the specs. */
const usersIn = ({ objects }: Declared): readonly User[] => (objects.get(userKind) ?? []) as readonly User[]

const person = (name: string, spec: AtlassianUserSpec, declared: PersonItem['declared']): PersonItem => ({
  name,
  emails: [spec.email, ...spec.formerEmails].map(normalEmail),
  declared,
})

function namedIn({ objects }: Declared): DeclaredPeople['named'] {
  const needs = [...objects].flatMap(([kind, all]) =>
    kind === userKind ? [] : all.map(({ spec }) => kinds.get(kind)!.needs(spec)),
  )
  return {
    emails: new Set(needs.flatMap(({ emails }) => [...(emails ?? [])])),
    accountIds: new Set(needs.flatMap(({ accountIds }) => [...(accountIds ?? [])])),
  }
}

function gapsIn({ holdEverywhere, holdKinds }: Declared): readonly GapItem[] {
  const reason = holdEverywhere ?? holdKinds.get(userKind)
  return reason === undefined ? [] : [{ what: 'declared people', reason }]
}
