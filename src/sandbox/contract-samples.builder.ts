import { confluenceSamples } from './contract-samples/confluence.builder.ts'
import { controlSamples } from './contract-samples/control.builder.ts'
import { jiraSamples } from './contract-samples/jira.builder.ts'
import { organizationEnd, organizationSamples } from './contract-samples/organization.builder.ts'
import type { Sample } from './contract-samples/sample.builder.ts'
import { scimSamples } from './contract-samples/scim.builder.ts'
import { userManagementSamples } from './contract-samples/user-management.builder.ts'

/** At least one request for each operation that the sandbox answers, in the order in which they are sent. */
export const samples: readonly Sample[] = [
  ...organizationSamples,
  ...controlSamples,
  ...userManagementSamples,
  ...scimSamples,
  ...jiraSamples,
  ...confluenceSamples,
  organizationEnd,
]
