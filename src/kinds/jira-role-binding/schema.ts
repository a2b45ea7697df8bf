import Type, { type Static } from 'typebox'
import { OneOf, Strict } from '../../core/schema.ts'
import { authority, organizationRef, site, subjects } from '../fields.ts'
import { validations } from '../rule.ts'
import { projectsRules, selectorRules } from './rules.ts'

const ProjectKey = Type.String({
  minLength: 2,
  maxLength: 64,
  pattern: '^[A-Z][A-Z0-9_]+$',
  description: 'Key of a Jira space (project), e.g. PAY.',
})

const KeyGlob = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Z0-9_*]+$',
  description: 'Key in which * stands for any text, e.g. PAY*.',
})

const selector = Strict(
  {
    keys: Type.Optional(
      Type.Array(KeyGlob, { minItems: 1, maxItems: 100, description: 'Keys, one of which must fit, e.g. ["PAY*"].' }),
    ),
    category: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Name of the category, e.g. Payments.',
      }),
    ),
    type: Type.Optional(
      OneOf(['software', 'business', 'service_desk'], {
        description: 'Type of the Jira space (project), e.g. software.',
      }),
    ),
    exclude: Type.Optional(
      Type.Array(KeyGlob, { maxItems: 100, description: 'Keys that are left out, e.g. ["PAYTEST*"].' }),
    ),
  },
  {
    ...validations(selectorRules),
    description: 'Takes every Jira space (project) that fits all of the conditions given; also those made later.',
  },
)

export const JiraRoleBindingSpec = Strict({
  organizationRef,
  site,
  projects: Strict(
    {
      keys: Type.Optional(
        Type.Array(ProjectKey, { minItems: 1, maxItems: 500, description: 'By key, e.g. [PAY, LEDGER].' }),
      ),
      selector: Type.Optional(selector),
    },
    { ...validations(projectsRules), description: 'Which Jira spaces (projects): exactly one of keys and selector.' },
  ),
  role: Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'Name of the project role, e.g. Developers.',
  }),
  authority,
  subjects,
})

export type JiraRoleBindingSpec = Static<typeof JiraRoleBindingSpec>
