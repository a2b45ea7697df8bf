import Type, { type Static } from 'typebox'
import { OneOf, Strict } from '../../core/schema.ts'
import { GroupName, organizationRef, site } from '../fields.ts'

/** The roles of apps that the Organizations API knows, without `atlassian/` (reference section 4.4). */
const appRoleNames = [
  'User',
  'Admin',
  'Guest',
  'Customer',
  'Contributor',
  'Basic',
  'Stakeholder',
  'UserAccessAdmin',
] as const

const AppRole = Strict(
  {
    site,
    product: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[a-z0-9-]+$',
      description: 'Key of the product, e.g. jira-software or confluence.',
    }),
    role: OneOf(appRoleNames, {
      default: 'User',
      description: 'What the members are there. User costs a seat each. Default: User.',
    }),
  },
  { description: 'A product that the members can use.' },
)

export const AtlassianGroupSpec = Strict({
  organizationRef,
  name: GroupName(
    'Name of the group, and the identity: Atlassian cannot rename a group. Compared without case. E.g. pay-devs.',
  ),
  description: Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'What the group is for. Only written when the group is made: Atlassian cannot change it later.',
    }),
  ),
  managedBy: OneOf(['Organization', 'SCIM'], {
    default: 'Organization',
    description:
      'Where the group is made when it is missing. SCIM: in the SCIM directory, with its members, which needs provisioning.groups of the organization. Default: Organization.',
  }),
  appRoles: Type.Optional(
    Type.Array(AppRole, {
      maxItems: 100,
      description:
        'What the members can use. An empty list takes back what Roster granted. Left out: not our business.',
    }),
  ),
  deletionPolicy: OneOf(['Retain', 'Delete'], {
    default: 'Retain',
    description: 'What becomes of the group when this object goes away. Default: Retain.',
  }),
})

export type AtlassianGroupSpec = Static<typeof AtlassianGroupSpec>
