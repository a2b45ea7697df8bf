import type { Estate } from '../atlassian/catalogue-all.ts'
import type { Declared } from '../core/declare.ts'
import type { Account, Directory } from '../core/directory.ts'
import { normalEmail } from '../core/principal.ts'
import { compare } from '../core/resource.ts'
import { draftFiles, type DraftFile } from './draft-files.ts'
import { isUntouched, marked, type Question } from './generated.ts'
import { takeInventory, type Inventory } from './inventory.ts'
import { placesFor } from './layout.ts'
import { relocated, type ReachOfPath } from './relocate.ts'
import { isAccountToWrite, select, type Known, type Selection } from './selection.ts'
import { slug, unique } from './slug.ts'
import { commentText, yamlText } from './yaml-text.ts'

export interface ImportInput extends Question {
  readonly estate: Estate
  /** What a pass over the declaration as it stands found. */
  readonly desired: Omit<Known, 'isReplaced'>
  readonly declared: Pick<Declared, 'objects'>
  /** As that pass knew it: with what names meant before. */
  readonly directory: Pick<Directory, 'changed' | 'account'>
  /** YAML files below the directory of the import by path, with forward slashes. */
  readonly existing: ReadonlyMap<string, string>
  /** Path below that directory of the file that an origin names. */
  readonly pathOf: (file: string) => string
  /** Whether files that nobody changed since an import wrote them are written anew. */
  readonly replaces: boolean
  /** Name of the organization, where the declaration has several. */
  readonly organization?: string
  /** Where the organization delegates. */
  readonly reachOf?: ReachOfPath
  /** Path of the editor's schema as seen from a file. */
  readonly schemaFor?: (path: string) => string
}

export interface ImportFile {
  readonly path: string
  readonly text: string
  /** It takes the place of a file of the same path. */
  readonly isReplacement: boolean
}

export interface Imported {
  readonly files: readonly ImportFile[]
  readonly inventory: Inventory
  readonly selection: Selection
}

/** Pure: what is to be written so that everything found is declared, and nothing changes. */
export function importEstate(input: ImportInput): Imported {
  const untouched = [...input.existing].flatMap(([path, text]) =>
    input.replaces && isUntouched(text, input) ? [path] : [],
  )
  // a file that would not be written again keeps what it says, and so nothing of it may be written elsewhere
  let replaced = new Set(untouched)
  for (;;) {
    const attempt = importReplacing(replaced, input)
    const written = new Set(attempt.drafts.map(({ path }) => path))
    if (replaced.isSubsetOf(written)) return { ...attempt.imported, files: filesOf(attempt.drafts, replaced, input) }
    replaced = replaced.intersection(written)
  }
}

interface Attempt {
  readonly drafts: readonly DraftFile[]
  readonly imported: Omit<Imported, 'files'>
}

function importReplacing(replaced: ReadonlySet<string>, input: ImportInput): Attempt {
  const { estate, desired, directory, parts, layout, organization } = input
  const known: Known = { ...desired, isReplaced: (file) => replaced.has(input.pathOf(file)) }
  const accounts = parts.has('accounts')
    ? estate.directory.accounts.filter((each) => isAccountToWrite(each, known))
    : []
  const accountNames = namesOf(accounts, takenNames(known, input).get('AtlassianUser') ?? new Set())
  const userManifests = new Map([...declaredUsers(known, input), ...accountNames])
  const naming = {
    directory: estate.directory,
    userManifests,
    hasChanged: (name: string) => directory.changed(name) !== undefined,
  }
  const inventory = takeInventory(estate, naming)
  const selection = select(inventory, known, parts)
  const hasManySites = estate.sites.length > 1
  const places = placesFor(layout, { groups: inventory.groups, holdings: inventory.holdings, hasManySites })
  const options = { places, isByTeam: layout === 'team', gaps: inventory.gaps, accountNames, hasManySites }
  const drafts = draftFiles(selection, { ...options, ...(organization !== undefined && { organization }) })
  const placed = input.reachOf ? relocated(drafts, input.reachOf) : drafts
  return { drafts: finalNames(placed, takenNames(known, input)), imported: { inventory, selection } }
}

function namesOf(accounts: readonly Account[], taken: Set<string>): ReadonlyMap<string, string> {
  const sorted = accounts.toSorted((a, b) => compare(a.email ?? '', b.email ?? ''))
  return new Map(sorted.map(({ accountId, name }) => [accountId, unique(slug(name, accountId), taken)]))
}

/** Account id to manifest, of people who stay declared. */
function declaredUsers(known: Known, { declared, directory }: ImportInput): ReadonlyMap<string, string> {
  const users = (declared.objects.get('AtlassianUser') ?? []).filter(
    ({ manifest }) => !manifest.retired && !known.isReplaced(manifest.origin.file),
  )
  return new Map(
    users.flatMap(({ manifest, spec }) => {
      const account = directory.account(normalEmail((spec as { readonly email: string }).email))
      return account ? [[account.accountId, manifest.name] as const] : []
    }),
  )
}

/** Names of manifests by kind, without those of files that are written anew. */
function takenNames(known: Known, { declared }: ImportInput): Map<string, Set<string>> {
  return new Map(
    [...declared.objects].map(([kind, objects]) => {
      const kept = objects.filter(({ manifest }) => !known.isReplaced(manifest.origin.file))
      return [kind, new Set(kept.map(({ manifest }) => manifest.name))]
    }),
  )
}

/** Accounts have their final names already: others refer to them. */
function finalNames(files: readonly DraftFile[], taken: Map<string, Set<string>>): readonly DraftFile[] {
  const nameFor = (kind: string, name: string): string => {
    if (kind === 'AtlassianUser') return name
    const names = taken.get(kind) ?? new Set<string>()
    taken.set(kind, names)
    return unique(name, names)
  }
  return files.map((file) => ({
    ...file,
    drafts: file.drafts.map((each) => ({ ...each, name: nameFor(each.kind, each.name) })),
  }))
}

function filesOf(
  files: readonly DraftFile[],
  replaced: ReadonlySet<string>,
  input: ImportInput,
): readonly ImportFile[] {
  const taken = new Set([...input.existing.keys()].filter((path) => !replaced.has(path)).map(stem))
  return files.flatMap((file) =>
    partsOf(file).map((part) => {
      const path = `${unique(stem(part.path), taken)}.yaml`
      const schema = input.schemaFor ? [`yaml-language-server: $schema=${input.schemaFor(path)}`] : []
      const text = marked(
        commentText(schema) +
          commentText(part.comments.length > 0 ? [...part.comments, ''] : []) +
          yamlText(part.drafts),
        input,
      )
      return { path, text, isReplacement: replaced.has(path) }
    }),
  )
}

const stem = (path: string): string => path.toLowerCase().replace(/\.ya?ml$/, '')

/** A file may have 1 MiB; a manifest of five thousand members with comments is a third of that. */
const mostCharacters = 300_000

function partsOf(file: DraftFile): readonly DraftFile[] {
  const parts: { readonly drafts: DraftFile['drafts'][number][]; size: number }[] = [{ drafts: [], size: 0 }]
  for (const draft of file.drafts) {
    const size = yamlText([draft]).length
    if (parts.at(-1)!.size > 0 && parts.at(-1)!.size + size > mostCharacters) parts.push({ drafts: [], size: 0 })
    parts.at(-1)!.drafts.push(draft)
    parts.at(-1)!.size += size
  }
  return parts.map(({ drafts }, index) => ({ ...file, comments: index === 0 ? file.comments : [], drafts }))
}
