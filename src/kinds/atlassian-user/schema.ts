import Type, { type Static } from 'typebox'
import { OneOf, Strict } from '../../core/schema.ts'
import { Email, organizationRef } from '../fields.ts'
import { validations } from '../rule.ts'
import { userRules } from './rules.ts'

const Text = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description }))

/** Lengths of names are those of the User management API (profile constraints, reference section 5). */
const profile = {
  displayName: Text(100, 'Full name as shown to others, e.g. Ana Ruiz.'),
  givenName: Text(100, 'First name, e.g. Ana.'),
  familyName: Text(100, 'Last name, e.g. Ruiz.'),
  nickName: Text(30, 'Public name, e.g. ana.'),
  title: Text(255, 'Job title, e.g. Engineer.'),
  department: Text(255, 'Department, e.g. Payments.'),
  timeZone: Text(64, 'Time zone by its IANA name, e.g. Europe/Madrid.'),
  locale: Text(35, 'Preferred language as a BCP 47 tag, e.g. en-US.'),
  externalId: Text(255, 'Id of the person in the identity provider or the staff register.'),
}

const Product = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9-]+$',
  description: 'Key of a product, e.g. jira-software or confluence.',
})

export const AtlassianUserSpec = Strict(
  {
    organizationRef,
    email: Email('E-mail address, and the identity: another address is another account. E.g. ana.ruiz@acme.com.'),
    formerEmails: Type.Array(Email('An address that the account may still have, e.g. ana.lopez@acme.com.'), {
      default: [],
      maxItems: 10,
      description:
        'Addresses that the account had before. Where one of them leads to it and nobody has the address of today, the address of the account is changed, which ends its sessions. Default: none.',
    }),
    ...profile,
    state: OneOf(['Active', 'Suspended', 'Deactivated'], {
      default: 'Active',
      description:
        'Active: made where missing. Suspended: keeps groups and roles, has no access in this organization and costs no seat. Deactivated: the account is closed everywhere, which only works for managed accounts. Default: Active.',
    }),
    products: Type.Array(Product, {
      default: [],
      maxItems: 20,
      description: 'Products the person can use, through their default groups. May cost a seat each. Default: none.',
    }),
    authenticationPolicyId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        pattern: '^[A-Za-z0-9-]+$',
        description:
          'Id of the authentication policy (two-step verification, single sign-on) that the account is in. Managed accounts only.',
      }),
    ),
    authenticationPolicy: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'The same, by the name that AtlassianOrganization.spec.authenticationPolicies gives it.',
      }),
    ),
    organizationAdmin: Type.Optional(
      Type.Boolean({
        description:
          'Whether the person rules the organization. Granting it waits for an approval each time. Left out: not our business.',
      }),
    ),
    deletionPolicy: OneOf(['Retain', 'Suspend', 'Deactivate'], {
      default: 'Retain',
      description:
        'What becomes of the account when this object goes away. An account is never deleted. Default: Retain.',
    }),
  },
  validations(userRules),
)

export type AtlassianUserSpec = Static<typeof AtlassianUserSpec>
