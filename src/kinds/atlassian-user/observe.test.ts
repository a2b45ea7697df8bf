import { describe, expect, test } from 'vitest'
import { subject, type Change } from '../../core/change.ts'
import type { ApiRequest, Reader } from '../../core/ports.ts'
import { RemoteError } from '../../core/remote-error.ts'
import { sketchDirectory } from '../directory.builder.ts'
import { accountResource, accountScope, type AccountResource, type AccountScope } from './account.ts'
import { forecast, observe } from './observe.ts'
import { objection } from './privileges.ts'

const managePath = '/users/{account_id}/manage'
const directory = sketchDirectory({ accounts: { ana: {}, bo: {} } })
const scopeOf = (name: string) => accountScope({ accountId: `id-${name}` }, `${name}@x.io`, ['privileges'])

const reader = (answer: (request: ApiRequest) => unknown): Reader => ({
  read: async <Body>(request: ApiRequest) => answer(request) as Body,
})
const rules = {
  'profile.write': {
    name: { allowed: false, reason: { key: 'authPolicy.saml' } },
    'extended_profile.job_title': { allowed: true },
  },
  'email.set': { allowed: false, reason: { key: 'externalDirectory.google' } },
  'lifecycle.enablement': { allowed: true },
}

async function denied(answer: () => unknown) {
  const scope = scopeOf('ana')
  const found = await observe([scope], { reader: reader(answer), directory, catalogue: undefined })
  return { scope, found: found.get(scope.key)! }
}

const changing = (before: AccountResource, fields: AccountResource['fields']): Change<AccountResource> => ({
  action: 'update',
  before,
  after: accountResource(before.scope as AccountScope, fields),
  why: 'declared',
  origins: [],
})

describe('the privileges over a managed account', () => {
  const table: Record<string, readonly [AccountResource['fields'], string | undefined]> = {
    'a field of the identity provider is not tried': [
      { displayName: 'Ana R', title: 'Lead' },
      'displayName cannot be written: single sign-on sets it: change it in the identity provider',
    ],
    'an address of Google Workspace neither': [
      { email: 'ana.ruiz@x.io' },
      'email cannot be written: Google Workspace owns it: change it there',
    ],
    'a field that is ours is written': [{ title: 'Lead' }, undefined],
    'closing the account, where that is ours, too': [{ state: 'Deactivated' }, undefined],
    'a field that is not ours and does not change is no matter': [{ displayName: 'ana', title: 'Lead' }, undefined],
  }
  test.each(Object.entries(table))('%s', async (_, [fields, reason]) => {
    const { found } = await denied(() => rules)
    const [before] = found as readonly AccountResource[]
    expect(objection(changing(before!, fields))).toBe(reason)
  })

  test('are asked once an account, and counted before', async () => {
    const asked: ApiRequest[] = []
    const scopes = [scopeOf('ana'), scopeOf('bo'), accountScope({ promised: 'cy@x.io' }, 'cy@x.io')]
    await observe(scopes, {
      reader: reader((request) => (asked.push(request), rules)),
      directory,
      catalogue: undefined,
    })
    expect(asked.map(({ path, params }) => [path, params])).toEqual(
      ['ana', 'bo'].map((name) => [managePath, { account_id: `id-${name}` }]),
    )
    expect(forecast(scopes)).toEqual({ calls: 2, exact: true })
  })

  test('that cannot be asked leave the account unread, so that nothing is done to it', async () => {
    const { found } = await denied(() => {
      throw new RemoteError({ request: `GET ${managePath}`, status: 403, effect: 'refused' })
    })
    expect(found).toMatchObject({ code: 'FORBIDDEN' })
  })

  test('say nothing of an account that is new', () => {
    const after = accountResource(accountScope({ promised: 'cy@x.io' }, 'cy@x.io'), { state: 'Active' })
    const change: Change<AccountResource> = { action: 'create', after, why: 'declared', origins: [] }
    expect([subject(change).title, objection(change)]).toEqual(['cy@x.io', undefined])
  })
})
