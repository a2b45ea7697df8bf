import { defineKind } from '../../core/kind.ts'
import { policySettingHints } from '../policy-settings.ts'
import { ruleProblems } from './rules.ts'
import { AtlassianOrganizationSpec } from './schema.ts'

/** The ground that the others stand on: it is read when a run starts, and claims nothing itself. */
export const atlassianOrganization = defineKind({
  name: 'AtlassianOrganization',
  schema: AtlassianOrganizationSpec,
  description: 'An Atlassian organization: where it is, with which credentials and under which guardrails.',
  names: () => [],
  fieldHints: policySettingHints(
    'set it on a policy at admin.atlassian.com, and name that policy in authenticationPolicies with what it enforces',
  ),
  // a mistake here puts everything in doubt that is read and judged by it
  touches: ['AtlassianUser', 'AtlassianGroup', 'AtlassianGroupMembership', 'JiraRoleBinding', 'ConfluenceSpaceGrant'],
  expand: ({ manifest, spec }) => ({
    claims: [],
    entries: [],
    diagnostics: manifest.retired ? [] : ruleProblems(spec),
    unclaimed: true,
  }),
  observe: async () => new Map(),
  write: async () => {
    throw new Error('an organization has nothing to write')
  },
})
