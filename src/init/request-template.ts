import { lines } from './answers.ts'

/** What whoever asks for access answers, for pull requests of GitHub and merge requests of GitLab. */
export const requestTemplate = lines(
  '## Who gets or loses access to what',
  '',
  '## Why',
  '',
  'Ticket:',
  '',
  '## Until when',
  '',
  'Access of people from outside, and access for one occasion, has an `expiresAt`.',
  '',
  '- [ ] The plan below shows what I mean, and nothing else.',
  '- [ ] The owners of the groups, projects or spaces are asked (CODEOWNERS).',
  '- [ ] What is `privileged` or `external` in the plan is meant.',
)
