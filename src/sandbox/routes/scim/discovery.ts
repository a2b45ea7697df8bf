import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { listResponse } from './lists.ts'
import { atlassianSchema, enterpriseSchema, userSchema } from './user-view.ts'

const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** RFC 7643 section 5; the values are what Atlassian's text says it supports. */
export function serviceProviderConfig(request: SandboxRequest): Answer {
  return ok({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 100 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'API key',
        description: 'The key of the directory, as a bearer token',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseOf(request)}/ServiceProviderConfig` },
  })
}

export function listResourceTypes(request: SandboxRequest): Answer {
  return listResponse(request, ['User', 'Group'] as const, (name) => resourceType(request, name))
}

export function getResourceType(request: SandboxRequest, name: 'User' | 'Group'): Answer {
  return ok(resourceType(request, name))
}

export function listSchemas(request: SandboxRequest): Answer {
  return listResponse(request, Object.keys(attributesBySchema), (id) => schema(request, id))
}

export function getSchema(request: SandboxRequest, id: string): Answer {
  return ok(schema(request, id))
}

function baseOf({ baseUrl, state }: SandboxRequest): string {
  return `${baseUrl}/scim/directory/${state.scimDirectoryId}`
}

function resourceType(request: SandboxRequest, name: 'User' | 'Group') {
  const extensions = [enterpriseSchema, atlassianSchema].map((id) => ({ schema: id, required: false }))
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema: name === 'User' ? userSchema : groupSchema,
    ...(name === 'User' ? { schemaExtensions: extensions } : {}),
    meta: { resourceType: 'ResourceType', location: `${baseOf(request)}/ResourceTypes/${name}` },
  }
}

interface Attribute {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'complex'
  readonly required?: boolean
  readonly multiValued?: boolean
}

const attributesBySchema: Readonly<Record<string, readonly Attribute[]>> = {
  [userSchema]: [
    { name: 'userName', type: 'string', required: true },
    { name: 'name', type: 'complex' },
    { name: 'displayName', type: 'string' },
    { name: 'nickName', type: 'string' },
    { name: 'title', type: 'string' },
    { name: 'preferredLanguage', type: 'string' },
    { name: 'timezone', type: 'string' },
    { name: 'active', type: 'boolean' },
    { name: 'emails', type: 'complex', required: true, multiValued: true },
    { name: 'groups', type: 'complex', multiValued: true },
  ],
  [groupSchema]: [
    { name: 'displayName', type: 'string', required: true },
    { name: 'members', type: 'complex', multiValued: true },
  ],
  [enterpriseSchema]: [
    { name: 'organization', type: 'string' },
    { name: 'department', type: 'string' },
  ],
}

function schema(request: SandboxRequest, id: string) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name: id.slice(id.lastIndexOf(':') + 1),
    description: id,
    attributes: (attributesBySchema[id] ?? []).map(({ required = false, multiValued = false, ...attribute }) => ({
      ...attribute,
      multiValued,
      required,
      description: attribute.name,
      caseExact: false,
      mutability: attribute.name === 'groups' ? 'readOnly' : 'readWrite',
      returned: 'default',
      uniqueness: attribute.name === 'userName' ? 'server' : 'none',
    })),
    meta: { resourceType: 'Schema', location: `${baseOf(request)}/Schemas/${id}` },
  }
}
