import { expect, test } from 'vitest'
import { isInactiveSince, lacksTwoStep, type AccountItem } from './estate-accounts.ts'

const account = (more: Partial<AccountItem>): AccountItem => ({
  accountId: '1',
  name: 'Ana',
  type: 'atlassian',
  status: 'active',
  managed: true,
  platformRoles: [],
  groups: [],
  ...more,
})

const day = (text: string): string => `${text}T12:00:00.000Z`
const sinceMs = Date.parse(day('2026-08-27'))

const uses: Readonly<Record<string, { readonly given: Partial<AccountItem>; readonly listed: boolean }>> = {
  'seen before that day': { given: { lastActiveAt: day('2026-08-26') }, listed: true },
  'seen after it': { given: { lastActiveAt: day('2026-08-28') }, listed: false },
  'not known to have been seen, and joined before': { given: { addedAt: day('2026-01-01') }, listed: true },
  'not known to have been seen, and joined after': { given: { addedAt: day('2026-11-01') }, listed: false },
  'nothing is known of': { given: {}, listed: true },
  'seen before, and suspended': { given: { lastActiveAt: day('2026-01-01'), status: 'suspended' }, listed: false },
}

test.each(Object.entries(uses))('--inactive-for and an account that is %s', (_, { given, listed }) => {
  expect(isInactiveSince(account(given), sinceMs)).toBe(listed)
})

const policy = (enforces?: readonly string[]) => ({
  authenticationPolicy: { id: 'p1', ...(enforces && { name: 'Staff', enforces }) },
})

const openings: Readonly<Record<string, { readonly given: Partial<AccountItem>; readonly listed: boolean }>> = {
  'with two-step verification': { given: { mfaEnabled: true }, listed: false },
  'without it, in no policy': { given: { mfaEnabled: false, authenticationPolicy: null }, listed: true },
  'without it, in a policy that asks for it': { given: policy(['TwoStepVerification']), listed: false },
  'without it, in a policy of single sign-on': { given: policy(['SingleSignOn']), listed: false },
  'without it, in a policy that enforces nothing': { given: policy([]), listed: true },
  'without it, in a policy that nobody declared': { given: policy(), listed: true },
  'that is not managed': { given: { mfaEnabled: false, managed: false }, listed: false },
  'that is closed': { given: { mfaEnabled: false, status: 'deactivated' }, listed: false },
  'that is suspended': { given: { mfaEnabled: false, status: 'suspended' }, listed: true },
}

test.each(Object.entries(openings))('--without-mfa and an account %s', (_, { given, listed }) => {
  expect(lacksTwoStep(account(given))).toBe(listed)
})
