/** An attribute as a SCIM schema describes it (RFC 7643 section 7); what is left out has the value named there. */
export interface Attribute {
  readonly name: string
  /** Left out: string. */
  readonly type?: 'string' | 'boolean' | 'complex' | 'reference'
  readonly multiValued?: boolean
  readonly required?: boolean
  /** Left out: readWrite. */
  readonly mutability?: 'readOnly' | 'immutable'
  readonly uniqueness?: 'server'
  readonly canonicalValues?: readonly string[]
  readonly referenceTypes?: readonly string[]
  readonly subAttributes?: readonly Attribute[]
}

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
/** In every user, and without a schema of its own: Atlassian's file has no operation that describes it. */
export const atlassianSchema = 'urn:scim:schemas:extension:atlassian-external:1.0'

const typed: readonly Attribute[] = [
  { name: 'value', required: true },
  { name: 'type' },
  { name: 'primary', type: 'boolean' },
]

const nameParts: readonly Attribute[] = [
  { name: 'formatted' },
  { name: 'familyName' },
  { name: 'givenName' },
  { name: 'middleName' },
  { name: 'honorificPrefix' },
  { name: 'honorificSuffix' },
]

/** ScimUser of scim-user-provisioning.openapi.json, `department` and `organization` being core attributes there. */
export const userAttributes: readonly Attribute[] = [
  { name: 'userName', required: true, uniqueness: 'server' },
  { name: 'emails', type: 'complex', multiValued: true, required: true, subAttributes: typed },
  { name: 'name', type: 'complex', subAttributes: nameParts },
  { name: 'displayName' },
  { name: 'nickName' },
  { name: 'title' },
  { name: 'preferredLanguage' },
  { name: 'department' },
  { name: 'organization' },
  { name: 'timezone' },
  { name: 'phoneNumbers', type: 'complex', multiValued: true, subAttributes: typed },
  {
    name: 'groups',
    type: 'complex',
    multiValued: true,
    mutability: 'readOnly',
    subAttributes: [
      { name: 'type', mutability: 'readOnly' },
      { name: 'value', mutability: 'readOnly' },
      { name: 'display', mutability: 'readOnly' },
      { name: '$ref', type: 'reference', referenceTypes: ['Group'], mutability: 'readOnly' },
    ],
  },
  { name: 'active', type: 'boolean' },
]

/** ScimGroup of the same file: the name is "immutable, required". Members are users: groups do not nest. */
const groupAttributes: readonly Attribute[] = [
  { name: 'displayName', required: true, mutability: 'immutable', uniqueness: 'server' },
  {
    name: 'members',
    type: 'complex',
    multiValued: true,
    subAttributes: [
      { name: 'type', mutability: 'immutable', canonicalValues: ['User'] },
      { name: 'value', mutability: 'immutable' },
      { name: 'display', mutability: 'readOnly' },
      { name: '$ref', type: 'reference', referenceTypes: ['User'], mutability: 'immutable' },
    ],
  },
]

/** EnterpriseUserExtension of the same file, read-only there: it shows what the core attributes say. */
const enterpriseAttributes: readonly Attribute[] = [
  { name: 'organization', mutability: 'readOnly' },
  { name: 'department', mutability: 'readOnly' },
]

export const attributesBySchema: Readonly<Record<string, readonly Attribute[]>> = {
  [userSchema]: userAttributes,
  [groupSchema]: groupAttributes,
  [enterpriseSchema]: enterpriseAttributes,
}
