import { isError, type Diagnostic } from '../../core/diagnostic.ts'
import type { YamlDeclaration } from '../yaml-files.ts'
import { GitError } from './git-error.ts'
import { readRevision } from './read-revision.ts'
import type { Repository } from './repository.ts'
import {
  RevisionError,
  type Candidate,
  type InForce,
  type Refusal,
  type RefusalReason,
  type Revision,
} from './revision.ts'

/** A revision that may be in force, and what it declares. */
export interface GoodRevision {
  readonly commit: string
  readonly revision: Revision
  readonly declaration: YamlDeclaration
}

/** Refused for something that may be mended without a new commit: tried again at each look. */
const mayPass = new Set<RefusalReason>(['UNREACHABLE', 'NOT_VERIFIED'])

/**
 * One look at the repository: what its newest revision is worth. What was refused is not read again until the ref moves.
 * Mistakes of single manifests refuse nothing: they hold the removals of their scopes, as everywhere.
 */
export async function look(
  repository: Repository,
  { good, refused }: InForce<GoodRevision>,
): Promise<Candidate<GoodRevision>> {
  let commit: string | undefined
  try {
    const tip = await repository.poll()
    commit = tip.commit
    const isSettled = refused?.commit === commit && !mayPass.has(refused.reason)
    if (good?.commit === commit || isSettled) return { unchanged: commit }
    return judge(await repository.checkOut(tip))
  } catch (error) {
    return { refused: refusalOf(error, commit) }
  }
}

function judge(revision: Revision): Candidate<GoodRevision> {
  const declaration = readRevision(revision)
  const { commit } = revision
  const errors = declaration.diagnostics.filter(isError)
  if (errors.length > 0) return { refused: { reason: 'NOT_PARSED', commit, message: notParsed(commit, errors) } }
  if (declaration.manifests.some(({ kind }) => kind === 'AtlassianOrganization'))
    return { taken: { commit, revision, declaration } }
  const message = `commit ${commit} is not taken: it declares no AtlassianOrganization`
  return { refused: { reason: 'NOT_PARSED', commit, message } }
}

function notParsed(commit: string, errors: readonly Diagnostic[]): string {
  const [first] = errors
  const { file, line, column } = first!.origin ?? { file: 'the repository' }
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`
  return `commit ${commit} is not taken: ${place} ${first!.message}${more}`
}

function refusalOf(error: unknown, commit: string | undefined): Refusal {
  if (error instanceof RevisionError) return error.refusal
  if (error instanceof GitError)
    return { reason: 'UNREACHABLE', message: error.message, ...(commit !== undefined && { commit }) }
  throw error
}
