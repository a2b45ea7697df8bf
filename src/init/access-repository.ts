import { type Answers } from './answers.ts'
import { githubTexts } from './github-texts.ts'
import { gitlabTexts } from './gitlab-texts.ts'
import { organizationText } from './organization-text.ts'
import { repositoryTexts } from './repository-texts.ts'
import { teamTexts } from './team-texts.ts'

export const organizationPath = 'access/organization.yaml'

/**
 * Pure: an access repository, text by path with forward slashes. It declares the organization and nothing else, so that
 * nothing changes at Atlassian before somebody writes a manifest.
 */
export function accessRepository(answers: Answers): ReadonlyMap<string, string> {
  const texts = {
    [organizationPath]: organizationText(answers),
    ...teamTexts(answers),
    ...githubTexts(answers),
    ...gitlabTexts(),
    ...repositoryTexts(answers),
  }
  return new Map(Object.entries(texts))
}
