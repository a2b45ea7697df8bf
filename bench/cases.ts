import { measureRevisions } from './daemon.ts'
import { measureDifference } from './difference.ts'
import { measureGitPoll, measureGitRevision } from './git.ts'
import { measureIdentities } from './identities.ts'
import { measureReference } from './reference.ts'
import { measureSandboxStart } from './sandbox-start.ts'
import type { Measured } from './measured.ts'

/** By name, in the order of the table. */
export const cases: Readonly<Record<string, () => Promise<Measured>>> = {
  'identities of 1,000 people in 300 groups': measureIdentities,
  'a plan over the reference organization': measureReference,
  'the sandbox starts, with https and proxy': measureSandboxStart,
  'diff and plan, 100,000 against 100,000': measureDifference,
  'a poll of a Git repository': measureGitPoll,
  'a revision of a huge Git repository': measureGitRevision,
  'a daemon over 1,000 revisions': measureRevisions,
}
