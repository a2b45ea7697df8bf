import Type, { type Static } from 'typebox'
import { OneOf, Strict } from '../../core/schema.ts'
import { authority, organizationRef, site, subjects } from '../fields.ts'
import { validations } from '../rule.ts'
import { writablePermissions } from './permissions.ts'
import { grantRules, selectorRules, spacesRules } from './rules.ts'

const SpaceKey = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[^\\s*?/]+$',
  description: 'Key of a Confluence space, e.g. FIN. Compared with case, as Confluence does.',
})

const KeyGlob = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[^\\s/]+$',
  description: 'Key in which * stands for any text, e.g. FIN*.',
})

const selector = Strict(
  {
    keys: Type.Optional(
      Type.Array(KeyGlob, { minItems: 1, maxItems: 100, description: 'Keys, one of which must fit, e.g. ["FIN*"].' }),
    ),
    type: Type.Optional(
      OneOf(['global', 'collaboration', 'knowledge_base', 'personal'], {
        description: 'Type of the space, e.g. global. Default: every type but personal.',
      }),
    ),
    exclude: Type.Optional(
      Type.Array(KeyGlob, { maxItems: 100, description: 'Keys that are left out, e.g. ["FINTEST*"].' }),
    ),
  },
  {
    ...validations(selectorRules),
    description: 'Takes every space in use that fits all of the conditions given; also those made later.',
  },
)

const Permission = OneOf(writablePermissions, {
  description: 'Operation and target as Confluence names them, e.g. read/space or create/page.',
})

export const ConfluenceSpaceGrantSpec = Strict(
  {
    organizationRef,
    site,
    spaces: Strict(
      {
        keys: Type.Optional(Type.Array(SpaceKey, { minItems: 1, maxItems: 500, description: 'By key, e.g. [FIN].' })),
        selector: Type.Optional(selector),
      },
      { ...validations(spacesRules), description: 'Which Confluence spaces: exactly one of keys and selector.' },
    ),
    level: Type.Optional(
      OneOf(['Viewer', 'Contributor', 'Manager'], {
        description:
          'What is granted, on any site: a space role where the site has roles, a fixed set of permissions where it has none.',
      }),
    ),
    role: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'A space role by its name, e.g. Collaborator. Only on sites with space roles.',
      }),
    ),
    permissions: Type.Optional(
      Type.Array(Permission, {
        minItems: 1,
        maxItems: 50,
        description: 'Single permissions, e.g. [read/space, create/page]. Only on sites before or between roles.',
      }),
    ),
    authority,
    subjects,
    adoptCustomAccess: Type.Boolean({
      default: false,
      description:
        'Whether a role may replace the custom access that somebody has on a site with space roles. Default: false, it is left alone and reported.',
    }),
  },
  validations(grantRules),
)

export type ConfluenceSpaceGrantSpec = Static<typeof ConfluenceSpaceGrantSpec>
