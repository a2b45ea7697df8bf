import Type from 'typebox'
import { MapOf, OneOf, Strict } from '../../core/schema.ts'
import { ManifestName } from '../fields.ts'
import { validations } from '../rule.ts'
import { delegationSourceRules } from './rules.ts'

const Pattern = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Name or key in which * stands for any text, e.g. pay-*.',
})

const Patterns = (description: string) => Type.Array(Pattern, { default: [], maxItems: 100, description })

const from = Strict(
  {
    namespace: Type.Optional(ManifestName('One namespace of the cluster, e.g. payments.')),
    namespaceSelector: Type.Optional(
      Strict(
        {
          matchLabels: MapOf(Type.String({ maxLength: 63, description: 'Value of the label.' }), {
            maxProperties: 20,
            description: 'Labels that a namespace must carry, e.g. { team: payments }.',
          }),
        },
        { description: 'Namespaces of the cluster by label.' },
      ),
    ),
    path: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description: 'Path of files below the directory of this file, e.g. teams/payments/**.',
      }),
    ),
  },
  {
    ...validations(delegationSourceRules),
    description: 'Where the manifests stand: exactly one of namespace, namespaceSelector and path.',
  },
)

export const Delegation = Strict(
  {
    from,
    groups: Patterns('Groups they may name and manage, e.g. ["pay-*"]. Default: none.'),
    projects: Patterns('Jira spaces (projects) by key, e.g. ["PAY*"]. Default: none.'),
    spaces: Patterns('Confluence spaces by key, e.g. ["PAY*"]. Default: none.'),
    accounts: Type.Boolean({ default: false, description: 'Whether they may manage accounts. Default: false.' }),
    maxLevel: Type.Optional(
      OneOf(['Viewer', 'Contributor', 'Manager'], {
        description: 'The highest level they may grant in Confluence. Default: Contributor.',
      }),
    ),
    protectedRoles: Type.Array(
      Type.String({ minLength: 1, maxLength: 255, description: 'Name of a role, e.g. Administrators.' }),
      {
        default: ['Administrators'],
        maxItems: 50,
        description: 'Roles they may not grant. Default: [Administrators].',
      },
    ),
  },
  { description: 'What manifests of one place may touch.' },
)
