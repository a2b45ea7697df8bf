import { noContent, ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { provision, scimAccountOf, scimAccounts, unprovision, updateProfile } from '../../world-scim.ts'
import { filterOf, listResponse } from './lists.ts'
import { operationsOf } from './patch.ts'
import { patchUser as patched } from './patch-user.ts'
import { profileOf, writtenUser } from './user-profile.ts'
import { userLocation, userView } from './user-view.ts'

export function listUsers(request: SandboxRequest): Answer {
  const filter = filterOf(request.query, ['userName', 'externalId'])
  const found = scimAccounts(request.state).filter(({ scim, email }) => {
    if (!filter) return true
    if (filter.attribute === 'externalId') return scim?.externalId === filter.value
    return (scim?.userName ?? email).toLowerCase() === filter.value.toLowerCase()
  })
  return listResponse(request, found, (account) => userView(request, account))
}

export function getUser(request: SandboxRequest): Answer {
  return ok(userView(request, accountIn(request)))
}

export function createUser(request: SandboxRequest): Answer {
  const account = provision(request.state, profileOf(request.body), request.nowMs)
  const location = userLocation(request, account.scim?.id ?? '')
  return { status: 201, body: userView(request, account), headers: { location } }
}

/** What the body leaves out is cleaned. */
export function replaceUser(request: SandboxRequest): Answer {
  updateProfile(request.state, accountIn(request).accountId, profileOf(request.body), request.nowMs)
  return getUser(request)
}

export function patchUser(request: SandboxRequest): Answer {
  const account = accountIn(request)
  const after = patched(writtenUser(account), operationsOf(request.body))
  updateProfile(request.state, account.accountId, profileOf(after), request.nowMs)
  return getUser(request)
}

export function deleteUser(request: SandboxRequest): Answer {
  unprovision(request.state, request.params['userId'] ?? '')
  return noContent
}

function accountIn({ state, params }: SandboxRequest) {
  return scimAccountOf(state, params['userId'] ?? '')
}
