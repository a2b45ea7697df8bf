import { expect, test } from 'vitest'
import type { AccountItem } from './estate-accounts.ts'
import type { EstateItems } from './estate-items.ts'
import { unmatchedReasons, type UnmatchedReason } from './estate-matching.ts'
import { estateTable } from './estate-table.ts'

const reasons = Object.keys(unmatchedReasons) as readonly UnmatchedReason[]

const account = (more: Partial<AccountItem>): AccountItem => ({
  accountId: '1',
  email: 'ana@acme.com',
  name: 'Ana',
  type: 'atlassian',
  status: 'active',
  managed: true,
  platformRoles: [],
  groups: [],
  ...more,
})
const itemsOf = (accounts: readonly AccountItem[], more: Partial<EstateItems> = {}): EstateItems => ({
  accounts,
  groups: [],
  projects: [],
  roles: [],
  spaces: [],
  gaps: [],
  ...more,
})

test.each(reasons)('accounts of the reason %s stand below their number and what to do', (reason) => {
  const others = reasons.filter((each) => each !== reason)
  const accounts = [reason, ...others].map((each) => account({ accountId: each, unmatched: { reason: each } }))
  const told = reasons.map((each) => ({ reason: each, count: 1, ...unmatchedReasons[each] }))
  const reconciliation = { matched: 3, reasons: told, accountless: [] }
  const blocks = estateTable(itemsOf(accounts, { reconciliation }), ['accounts'], 3).split('\n\n')
  const lines = blocks.filter((block) => block.startsWith(`${reason}: `)).map((block) => block.split('\n'))
  const { meaning, remedy } = unmatchedReasons[reason]
  expect(lines).toEqual([
    [
      `${reason}: 1 account, ${meaning}`,
      `  what to do: ${remedy}`,
      expect.stringMatching(/^E-MAIL /),
      expect.stringMatching(new RegExp(`^ana@acme\\.com .* ${reason} +-$`)),
    ],
  ])
})

interface Cell {
  readonly account: Partial<AccountItem>
  readonly column: string
  readonly expected: string
}

const cells: Readonly<Record<string, Cell>> = {
  'no answer about two-step verification is not a no': { account: {}, column: '2-STEP', expected: '?' },
  'a policy that the organization does not declare shows its id': {
    account: { authenticationPolicy: { id: 'p1' } },
    column: 'POLICY',
    expected: 'p1 (not declared)',
  },
  'a policy shows what it enforces': {
    account: { authenticationPolicy: { id: 'p1', name: 'Staff', enforces: ['SingleSignOn'] } },
    column: 'POLICY',
    expected: 'Staff (SingleSignOn)',
  },
  'a policy that was not read is not none': { account: {}, column: 'POLICY', expected: '?' },
  'an account of a person is in no policy': { account: { managed: false }, column: 'POLICY', expected: '-' },
  'a product without a time does not make it never': {
    account: { products: [{ key: 'confluence', resourceId: 'r' }] },
    column: 'LAST ACTIVE',
    expected: 'unknown',
  },
  'products that were not told are not none': { account: {}, column: 'PRODUCTS', expected: '?' },
  'an account that SCIM made is owned by it, managed or not': {
    account: { managed: false, provisioned: true },
    column: 'OWNER',
    expected: 'SCIM',
  },
}

test.each(Object.entries(cells))('%s', (_, { account: given, column, expected }) => {
  const [head, row] = estateTable(itemsOf([account(given)]), ['accounts'], 3)
    .split('\n')
    .map((line) => line.split(/ {2,}/))
  expect(row![head!.indexOf(column)]).toBe(expected)
})
