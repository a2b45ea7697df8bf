import { codes, isError, type Diagnostic } from './diagnostic.ts'
import type { IdentityNeeds } from './directory.ts'
import type { DeclaredObject, Kind, Promised } from './kind.ts'
import { namesInSight, onceEach } from './references.ts'
import { apiVersion, manifestId, type Declaration, type Manifest } from './manifest.ts'
import { normalEmail, normalName } from './principal.ts'
import { compare } from './resource.ts'
import { didYouMean } from './schema.ts'

/** Manifests whose specs fit, and what their mistakes put in doubt. */
export interface Declared {
  /** By kind, in the order of kind and name, whatever the order of the files. */
  readonly objects: ReadonlyMap<string, readonly DeclaredObject[]>
  readonly diagnostics: readonly Diagnostic[]
  /** Why nothing may be removed anywhere: a file or an object that might have claimed any scope. */
  readonly holdEverywhere?: string
  /** Scope kind to the reason why nothing may be removed in it: a manifest of that kind that could not be understood. */
  readonly holdKinds: ReadonlyMap<string, string>
}

/** Checks every manifest on its own and against the others. Pure; knows nothing of live state. */
export function declare({ manifests, diagnostics: found }: Declaration, kinds: ReadonlyMap<string, Kind>): Declared {
  const sorted = manifests.toSorted((a, b) => compare(manifestId(a), manifestId(b)))
  const known = sorted.filter((each) => kindOf(each, kinds))
  const strangers = sorted.filter((each) => !kindOf(each, kinds))
  const stranger = strangers[0] && `${strangers[0].kind} "${strangers[0].name}" is of an unknown kind or version`
  const holdEverywhere = found.find(isError)?.message ?? stranger
  const diagnostics = [...found, ...strangers.map((each) => unknownKind(each, kinds))]
  const understood: DeclaredObject[] = []
  const holdKinds = new Map<string, string>()
  const seen = new Map<string, Manifest>()
  for (const manifest of known) {
    const kind = kindOf(manifest, kinds)!
    const { spec, problems } = check(manifest, kind, seen.get(manifestId(manifest)))
    seen.set(manifestId(manifest), manifest)
    diagnostics.push(...problems)
    if (problems.length > 0) kind.touches.forEach((touched) => holdKinds.set(touched, doubt(manifest)))
    if (spec !== undefined) understood.push({ manifest, spec })
  }
  const objects = Map.groupBy(understood, ({ manifest }) => manifest.kind)
  return { objects, diagnostics, holdKinds, ...(holdEverywhere !== undefined && { holdEverywhere }) }
}

const kindOf = (manifest: Manifest, kinds: ReadonlyMap<string, Kind>): Kind | undefined =>
  manifest.apiVersion === apiVersion ? kinds.get(manifest.kind) : undefined

function check(manifest: Manifest, kind: Kind, twin: Manifest | undefined): { spec?: unknown; problems: Diagnostic[] } {
  const parsed = kind.parse(manifest)
  const problems = 'problems' in parsed ? parsed.problems.map((each) => located(each, manifest)) : []
  if (twin && !twin.retired && !manifest.retired) problems.push(duplicate(manifest, twin))
  return 'spec' in parsed ? { spec: parsed.spec, problems } : { problems }
}

const doubt = (manifest: Manifest): string => `${manifest.kind} "${manifest.name}" has a mistake`

export function located(diagnostic: Diagnostic, manifest: Manifest): Diagnostic {
  if (diagnostic.origin) return diagnostic
  return { ...diagnostic, origin: manifest.locate(diagnostic.path ?? [], diagnostic.atKey) }
}

function unknownKind(manifest: Manifest, kinds: ReadonlyMap<string, Kind>): Diagnostic {
  const version = manifest.apiVersion === apiVersion ? '' : ` in ${manifest.apiVersion}`
  return {
    code: 'UNKNOWN_KIND',
    severity: 'error',
    message: `${codes.UNKNOWN_KIND}: "${manifest.kind}"${version}`,
    origin: manifest.locate([manifest.apiVersion === apiVersion ? 'kind' : 'apiVersion']),
    ...(version === '' ? didYouMean(manifest.kind, kinds.keys()) : { hint: `this version knows ${apiVersion}` }),
  }
}

function duplicate(manifest: Manifest, twin: Manifest): Diagnostic {
  return {
    code: 'DUPLICATE_OBJECT',
    severity: 'error',
    message: `${manifest.kind} "${manifest.name}" is declared twice, also at ${twin.origin.file}:${twin.origin.line ?? 1}`,
    origin: manifest.locate(['metadata', 'name']),
    hint: 'give one of them another name, or delete it',
  }
}

const living = ({ objects }: Declared, kinds: ReadonlyMap<string, Kind>) =>
  [...kinds.values()].flatMap((kind) => (objects.get(kind.name) ?? []).map((object) => ({ kind, ...object })))

/**
 * What must be known of accounts and groups to understand and to observe what is declared. `named`: other manifests that
 * the declared ones name.
 */
export function identityNeeds(
  declared: Declared,
  kinds: ReadonlyMap<string, Kind>,
  named: Iterable<DeclaredObject> = [],
): IdentityNeeds {
  const all = [
    ...living(declared, kinds).map(({ kind, spec }) => kind.needs(spec)),
    ...[...named].map((object) => peopleIn(object, kinds)),
  ]
  const promised = promises(declared, kinds)
  const united = (of: keyof Omit<IdentityNeeds, 'provisioning' | 'everyone' | 'formerEmails'>) =>
    new Set(all.flatMap((each) => [...(each[of] ?? [])]))
  return {
    emails: united('emails').union(promised.emails).union(promised.declaredEmails),
    accountIds: united('accountIds'),
    groupNames: united('groupNames').union(new Set(promised.groups.keys())),
    membersOf: united('membersOf'),
    products: united('products'),
    formerEmails: new Map(all.flatMap((each) => [...(each.formerEmails ?? [])])),
    everyone: all.some((each) => each.everyone),
    provisioning: all.some((each) => each.provisioning),
  }
}

/** Whom another manifest means by naming this one: its account, its members. */
function peopleIn({ manifest, spec }: DeclaredObject, kinds: ReadonlyMap<string, Kind>): Partial<IdentityNeeds> {
  const kind = kinds.get(manifest.kind)!
  const { emails = new Set(), accountIds = new Set() } = kind.needs(spec)
  return { emails, accountIds }
}

/** What all manifests bring about. Which names a manifest may use depends on where it is: `promisedTo`. */
export interface AllPromised extends Pick<Promised, 'emails' | 'groups'> {
  /** E-mails (normal form) of all accounts that have a manifest. */
  readonly declaredEmails: ReadonlySet<string>
  readonly promisedTo: (manifest: Pick<Manifest, 'namespace'>) => Promised
}

/** Accounts and groups that manifests of this run bring about, so that others may refer to them at once. */
export function promises(declared: Declared, kinds: ReadonlyMap<string, Kind>, home?: string): AllPromised {
  const emails = new Set<string>()
  const declaredEmails = new Set<string>()
  const named: { readonly manifest: Manifest; readonly email: string }[] = []
  const groups = new Map<string, string>()
  for (const { kind, manifest, spec } of living(declared, kinds)) {
    if (manifest.retired) continue
    const { account, group } = kind.promises(spec)
    if (account) {
      const email = normalEmail(account.email)
      named.push({ manifest, email })
      declaredEmails.add(email)
      if (account.created) emails.add(email)
    }
    if (group !== undefined) groups.set(normalName(group), group)
  }
  const inSight = namesInSight(named, home)
  const promisedTo = (manifest: Pick<Manifest, 'namespace'>): Promised => {
    const emailByManifest = new Map([...inSight(manifest)].map(([name, { email }]) => [name, email]))
    return { emails, groups, emailByManifest }
  }
  return { emails, groups, declaredEmails, promisedTo: onceEach(promisedTo) }
}
