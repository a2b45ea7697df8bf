import type { Kind } from '../core/kind.ts'
import { atlassianGroupMembership } from './atlassian-group-membership/index.ts'
import { atlassianGroup } from './atlassian-group/index.ts'
import { atlassianOrganization } from './atlassian-organization/index.ts'
import { atlassianUser } from './atlassian-user/index.ts'
import { confluenceSpaceGrant } from './confluence-space-grant/index.ts'
import { jiraRoleBinding } from './jira-role-binding/index.ts'

/** Every kind by its name, in the order in which they are created: what grants access comes after what it is granted to. */
export const kinds: ReadonlyMap<string, Kind> = new Map(
  [
    atlassianOrganization,
    atlassianUser,
    atlassianGroup,
    atlassianGroupMembership,
    jiraRoleBinding,
    confluenceSpaceGrant,
  ].map((kind) => [kind.name, kind]),
)
