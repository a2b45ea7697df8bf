import Type, { type Static } from 'typebox'
import { Strict } from '../../core/schema.ts'
import { authority, GroupName, ManifestName, Member, organizationRef } from '../fields.ts'

export const AtlassianGroupMembershipSpec = Strict({
  organizationRef,
  group: GroupName('Name of the group in Atlassian, e.g. pay-devs. Compared without case.'),
  authority,
  members: Type.Array(Member, { default: [], maxItems: 5000, description: 'Who is in the group. Default: nobody.' }),
  includes: Type.Array(ManifestName('Name of the AtlassianGroupMembership.'), {
    default: [],
    maxItems: 100,
    description:
      'Other memberships by the names of their manifests: all their members are in this group too. Default: none.',
  }),
  allowDefaultGroups: Type.Boolean({
    default: false,
    description:
      'Whether members may be removed where the group gives access to a product by default. Invitations put people into it, and leaving it takes the licence. Default: false.',
  }),
})

export type AtlassianGroupMembershipSpec = Static<typeof AtlassianGroupMembershipSpec>
