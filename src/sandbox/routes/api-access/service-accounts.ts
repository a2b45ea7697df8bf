import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { statusOf } from '../../world-directory.ts'
import { requireKnown } from './record-list.ts'

/** All at once: the list takes no page size and no cursor. */
export function listServiceAccounts(request: SandboxRequest): Answer {
  requireKnown(request, [])
  const { state } = request
  const items = [...state.accounts.values()]
    .filter(({ appType }) => appType === 'service')
    .map((account) => ({
      atlassianId: account.accountId,
      id: account.accountId,
      ...(account.email ? { email: account.email } : {}),
      displayName: account.name,
      picture: null,
      container: `ari:cloud:platform::org/${state.organization.id}`,
      status: statusOf(account),
      createdById: null,
      description: null,
    }))
  return ok({ items, total: items.length, links: {} })
}
