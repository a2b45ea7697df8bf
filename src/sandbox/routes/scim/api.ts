import { read, write, type Answer, type ApiDefinition, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { pathPattern } from '../../router.ts'
import { getResourceType, getSchema, listResourceTypes, listSchemas, serviceProviderConfig } from './discovery.ts'
import { createGroup, deleteGroup, getGroup, listGroups, patchGroup, replaceGroup } from './groups.ts'
import { createUser, deleteUser, getUser, listUsers, patchUser, replaceUser } from './users.ts'

const base = '/scim/directory/{directoryId}'

/** User provisioning (SCIM 2.0), RFC 7643 and 7644 as far as Atlassian goes with them. */
export const scimApi: ApiDefinition = {
  api: 'scim',
  contentType: 'application/scim+json',
  unauthorized: (reason) => ({
    status: reason === 'missing' ? 401 : 403,
    body: { error: reason === 'missing' ? 'Unauthorized' : 'Forbidden', traceId: 'sandbox' },
  }),
  refused,
  unrouted,
  routes: [
    read('GET', `${base}/Users`, 'getUsersFromAnActiveDirectory', placed(listUsers)),
    write('POST', `${base}/Users`, 'createAUserInAnActiveDirectory', placed(createUser)),
    read('GET', `${base}/Users/{userId}`, 'getAUserFromActiveDirectory', placed(getUser)),
    write('PUT', `${base}/Users/{userId}`, 'updateUserInformationInAnActiveDirectory', placed(replaceUser)),
    write('PATCH', `${base}/Users/{userId}`, 'patchUserInformationInAnActiveDirectory', placed(patchUser)),
    write('DELETE', `${base}/Users/{userId}`, 'deleteAUserFromAnActiveDirectory', placed(deleteUser)),
    read('GET', `${base}/Groups`, 'getAllGroupsFromAnActiveDirectory', placed(listGroups)),
    write('POST', `${base}/Groups`, 'createAGroupInActiveDirectory', placed(createGroup)),
    read('GET', `${base}/Groups/{id}`, 'get', placed(getGroup)),
    write('PUT', `${base}/Groups/{id}`, 'put', placed(replaceGroup)),
    write('PATCH', `${base}/Groups/{id}`, 'patch', placed(patchGroup)),
    write('DELETE', `${base}/Groups/{id}`, 'DeleteAGroup', placed(deleteGroup)),
    read('GET', `${base}/ServiceProviderConfig`, 'getConfig', placed(serviceProviderConfig)),
    read('GET', `${base}/ResourceTypes`, 'getResourceTypes', placed(listResourceTypes)),
    read(
      'GET',
      `${base}/ResourceTypes/User`,
      'getUserResourceType',
      placed((request) => getResourceType(request, 'User')),
    ),
    read(
      'GET',
      `${base}/ResourceTypes/Group`,
      'getGroupResourceType',
      placed((request) => getResourceType(request, 'Group')),
    ),
    read('GET', `${base}/Schemas`, 'getSchemas', placed(listSchemas)),
    ...schemaRoutes(),
  ],
}

function schemaRoutes() {
  const ids = {
    'urn:ietf:params:scim:schemas:core:2.0:User': 'getUserSchemas',
    'urn:ietf:params:scim:schemas:core:2.0:Group': 'getGroupSchemas',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': 'getExtensionUserSchemas',
  }
  return Object.entries(ids).map(([id, operation]) =>
    read(
      'GET',
      `${base}/Schemas/${id}`,
      operation,
      placed((request) => getSchema(request, id)),
    ),
  )
}

type Handle = (request: SandboxRequest) => Answer

/** 404 for any directory but the one of the seed. */
function placed(handle: Handle): Handle {
  return (request) => {
    if (request.params['directoryId'] === request.state.scimDirectoryId) return handle(request)
    throw new Refusal('not-found', 'directory', 'no such directory')
  }
}

function refused({ reason, what, message }: Refusal): Answer {
  if (reason === 'not-found') return failure(404, message)
  if (reason === 'already-exists') return failure(409, message, 'uniqueness')
  return failure(400, message, scimTypes[what] ?? 'invalidValue')
}

/** RFC 7644 section 3.12, by what is wrong. */
const scimTypes: Readonly<Record<string, string>> = {
  body: 'invalidSyntax',
  filter: 'invalidFilter',
  mutability: 'mutability',
  path: 'invalidPath',
}

function failure(status: number, detail: string, scimType?: string): Answer {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
  return { status, body: { schemas, status: String(status), ...(scimType === undefined ? {} : { scimType }), detail } }
}

/** A path that is there for other methods, an id that the discovery does not have, and what nobody describes. */
function unrouted(method: string, path: string): Answer {
  const allowed = scimApi.routes.filter((route) => pathPattern(route.path).test(path)).map((route) => route.method)
  if (allowed.length > 0) {
    return scim(failure(405, `${method} is not allowed here`), { allow: allowed.join(', ') })
  }
  if (method === 'GET' && /\/(ResourceTypes|Schemas)\/[^/]+$/.test(path))
    return scim(failure(404, `Resource ${path} not found`))
  return scim(failure(501, `the sandbox does not answer ${method} ${path}`))
}

function scim(answer: Answer, headers: Readonly<Record<string, string>> = {}): Answer {
  return { ...answer, headers: { 'content-type': scimApi.contentType, ...headers } }
}
