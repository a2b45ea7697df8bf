import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { attributesBySchema, enterpriseSchema, groupSchema, userSchema, type Attribute } from './attributes.ts'
import { listResponse } from './lists.ts'

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
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema: name === 'User' ? userSchema : groupSchema,
    // the extensions that have a schema to be read: a client composes its models from both
    ...(name === 'User' ? { schemaExtensions: [{ schema: enterpriseSchema, required: false }] } : {}),
    meta: { resourceType: 'ResourceType', location: `${baseOf(request)}/ResourceTypes/${name}` },
  }
}

function schema(request: SandboxRequest, id: string) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id,
    name: id === enterpriseSchema ? 'EnterpriseUser' : id.slice(id.lastIndexOf(':') + 1),
    description: id,
    attributes: (attributesBySchema[id] ?? []).map(described),
    meta: { resourceType: 'Schema', location: `${baseOf(request)}/Schemas/${id}` },
  }
}

/** All characteristics of RFC 7643 section 7 written out. */
function described({ name, subAttributes, ...attribute }: Attribute): Record<string, unknown> {
  return {
    name,
    type: 'string',
    multiValued: false,
    description: name,
    required: false,
    caseExact: attribute.type === 'reference',
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...attribute,
    ...(subAttributes ? { subAttributes: subAttributes.map(described) } : {}),
  }
}
