import { read, write, type Answer, type ApiDefinition, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
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
  const failure = {
    'not-found': [404, undefined],
    'already-exists': [409, 'uniqueness'],
    invalid: [400, what === 'filter' ? 'invalidFilter' : what === 'path' ? 'invalidPath' : 'invalidValue'],
  } as const
  const [status, scimType] = reason === 'not-found' || reason === 'already-exists' ? failure[reason] : failure.invalid
  return {
    status,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: message,
    },
  }
}
