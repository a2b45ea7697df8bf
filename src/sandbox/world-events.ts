import { fieldsOf, type Api, type ApiDefinition, type SandboxRequest } from './exchange.ts'
import { derivedUuid } from './random.ts'
import { findAccount } from './world-directory.ts'
import type { WorldEvent, WorldState } from './world-state.ts'

/** Appends what a write did to the organization's audit log. */
export function recordEvent(request: SandboxRequest, api: Api, operation: string): void {
  const { state, nowMs, credential, callerId, bearer } = request
  const account = state.accounts.get(callerId ?? '')
  const actor = account
    ? { id: account.accountId, name: account.name, ...(account.email ? { email: account.email } : {}) }
    : { id: credential, name: credential }
  state.events.push({
    // not drawn: an event must not move the ids that a seed of numbers gives
    id: derivedUuid(`event ${state.events.length}`),
    time: new Date(nowMs).toISOString(),
    action: actionOf(operation),
    product: productOf(api),
    actor,
    auth: { authType: bearer !== undefined ? 'auth-token-for-3LO' : 'api-token', tokenLabel: credential },
    context: objectsOf(request, api),
  })
}

/**
 * The action of an operation, as `event-actions` lists it. Atlassian's own names are not published in its descriptions:
 * these are the operation's, in the form that the names of real events have.
 */
function actionOf(operation: string): string {
  return operation
    .replace(/^APIs_/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/\W/g, '_')
    .toLowerCase()
}

/** What writes of these APIs are in the log, each action once, as `event-actions` answers it. */
export function actionsOf(apis: readonly Pick<ApiDefinition, 'api' | 'routes'>[]) {
  const writes = apis.flatMap(({ api, routes }) =>
    routes.filter(({ write }) => write).map(({ operation }) => [actionOf(operation), productOf(api)] as const),
  )
  // two APIs may have an operation of one name: the first gives its group
  return [...new Map(writes.toReversed())].toReversed().map(([action, product]) => {
    const words = action.replaceAll('_', ' ')
    const displayName = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
    return { id: action, type: 'event-actions', attributes: { displayName, groupDisplayName: product } }
  })
}

function productOf(api: Api): WorldEvent['product'] {
  return api === 'jira' || api === 'confluence' ? api : 'admin'
}

const types: Readonly<Record<string, string>> = {
  accountId: 'users',
  account_id: 'users',
  userId: 'users',
  user: 'users',
  users: 'users',
  emails: 'users',
  groupId: 'groups',
}

/** The ids that the path, the query and the body name, of people also by e-mail: what the write was about. */
function objectsOf({ state, params, query, body }: SandboxRequest, api: Api): WorldEvent['context'] {
  const fields = [...Object.entries(params), ...query, ...Object.entries(fieldsOf(body))]
  const named = fields.filter(([name]) => !places.has(name) && (name in types || /(id|key)$/i.test(name)))
  return named.flatMap(([name, value]) => {
    const ids = [value].flat().filter((id) => typeof id === 'string')
    const type = types[name] ?? name
    return ids.map((id) => ({
      id: api === 'scim' ? ownId(state, id) : (findAccount(state, id)?.accountId ?? id),
      type,
    }))
  })
}

/** SCIM has ids of its own. What it has just let go keeps that one. */
function ownId(state: WorldState, scimId: string): string {
  const group = [...state.groups.values()].find(({ scimGroupId }) => scimGroupId === scimId)
  return state.accountIdByScimId.get(scimId) ?? group?.groupId ?? scimId
}

const places = new Set(['orgId', 'directoryId', 'scimDirectoryId', 'externalId'])
