import Type from 'typebox'
import { Strict } from '../../core/schema.ts'
import { AccountId, Email, GroupName } from '../fields.ts'

const Percent = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 100, default: value, description })

const Count = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 100_000, default: value, description })

const removals = Strict(
  {
    maxPercent: Percent(25, 'Share of the entries of one scope that a run may remove, in percent. Default: 25.'),
    maxEntries: Count(20, 'Entries of one scope that a run may remove. Default: 20.'),
    smallSetBelow: Count(
      10,
      'Below this number of entries the share does not apply and smallSetMax does. Default: 10.',
    ),
    smallSetMax: Count(3, 'Entries that a run may remove from a small scope. Default: 3.'),
  },
  {
    default: {},
    description: 'Limits of removals in one scope, such as one group. Above them the scope waits for an approval.',
  },
)

const run = Strict(
  {
    maxEntries: Count(20, 'Entries that a run may remove, per kind and in all. Default: 20.'),
    maxPercent: Percent(
      2,
      'Share of everything managed that a run may remove, in percent; the larger of the two counts. Default: 2.',
    ),
  },
  { default: {}, description: 'Limits of removals in a whole run. All that a declared leaver loses counts once.' },
)

const updates = Strict(
  { maxPercent: Percent(30, 'Share of the entries of one kind that a run may change, in percent. Default: 30.') },
  { default: {}, description: 'Limits of changes to entries that stay.' },
)

const protectedList = Strict(
  {
    emails: Type.Array(Email('E-mail address of an account.'), {
      default: [],
      maxItems: 100,
      description: 'Accounts by e-mail. Default: none.',
    }),
    accountIds: Type.Array(AccountId('Account id.'), {
      default: [],
      maxItems: 100,
      description: 'Accounts by account id. Default: none.',
    }),
    groups: Type.Array(GroupName('Name of a group.'), {
      default: [],
      maxItems: 100,
      description: 'Groups by name. Default: none.',
    }),
  },
  { default: {}, description: 'Break-glass accounts and groups that keep whatever they have.' },
)

/** The numbers are those of `core/policy/limits.ts`; a test holds them together. */
export const guardrails = Strict(
  { removals, run, updates, protected: protectedList },
  { default: {}, description: 'Limits that hold changes back until somebody approves them. All parts have defaults.' },
)
