import { type Answers } from './answers.ts'
import { actionTexts, githubTexts } from './github-texts.ts'
import { gitlabTexts } from './gitlab-texts.ts'
import { organizationText } from './organization-text.ts'
import { repositoryTexts } from './repository-texts.ts'
import { teamTexts } from './team-texts.ts'

export const organizationPath = 'access/organization.yaml'

/** Instead of workflows that install Roster as package.json says: those of its action. */
export interface PinnedAction {
  /** `acme/roster@<commit>` */
  readonly place: string
  /** Text of examples/github/roster.yml. */
  readonly example: string
}

/**
 * Pure: an access repository, text by path with forward slashes. It declares the organization and nothing else, so that
 * nothing changes at Atlassian before somebody writes a manifest.
 */
export function accessRepository(answers: Answers, action?: PinnedAction): ReadonlyMap<string, string> {
  const texts = {
    [organizationPath]: organizationText(answers),
    ...teamTexts(answers),
    ...(action ? actionTexts(answers, action.example, action.place) : githubTexts(answers)),
    ...gitlabTexts(),
    ...repositoryTexts(answers),
  }
  return new Map(Object.entries(texts))
}
