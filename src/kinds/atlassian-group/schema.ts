import Type, { type Static } from 'typebox'
import { OneOf, Strict } from '../../core/schema.ts'
import { GroupName, organizationRef } from '../fields.ts'

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
  deletionPolicy: OneOf(['Retain', 'Delete'], {
    default: 'Retain',
    description: 'What becomes of the group when this object goes away. Default: Retain.',
  }),
})

export type AtlassianGroupSpec = Static<typeof AtlassianGroupSpec>
