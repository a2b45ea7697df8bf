import jsonPatch from 'fast-json-patch'
import type { Fields, Json } from '../../core/resource.ts'

/** Fields of the spec and where the SCIM user keeps them (`ScimUser` of the OpenAPI file; reference section 3.1). */
const places = {
  displayName: ['displayName'],
  givenName: ['name', 'givenName'],
  familyName: ['name', 'familyName'],
  nickName: ['nickName'],
  title: ['title'],
  department: ['department'],
  timeZone: ['timezone'],
  locale: ['preferredLanguage'],
  externalId: ['externalId'],
} as const

export type ProfileField = keyof typeof places
export const profileFields = Object.keys(places) as readonly ProfileField[]

/** The profile, and whether the account is active, as attributes of a SCIM user. `name` is always there. */
export function scimAttributes(fields: Fields): { readonly [name: string]: Json } {
  const attributes: Record<string, Json> = {}
  const name: Record<string, Json> = {}
  for (const field of profileFields) {
    const value = fields[field]
    const [first, second] = places[field]
    if (value === undefined) continue
    if (second === undefined) attributes[first] = value
    else name[second] = value
  }
  const { state } = fields
  return { ...attributes, name, ...(state !== undefined && { active: state !== 'Deactivated' }) }
}

export type ScimOperation = { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }

/** What turns one profile into another, as operations of a SCIM PATCH. What `after` does not name stays as it is. */
export function scimOperations(before: Fields, after: Fields): readonly ScimOperation[] {
  const from = scimAttributes(before)
  const to = scimAttributes({ ...before, ...after })
  const moved = after['email'] === before['email'] ? [] : addressOperations(after['email'])
  const changed = jsonPatch.compare(from, to).flatMap((operation) =>
    // after `{ ...before, ...after }` nothing can be missing, so there is nothing to remove, move or copy
    operation.op === 'add' || operation.op === 'replace'
      ? { op: operation.op, path: scimPath(operation.path), value: operation.value as Json }
      : [],
  )
  return [...moved, ...changed]
}

/** The user name is the address at Atlassian (reference 3.2). */
const addressOperations = (email: Json | undefined): readonly ScimOperation[] =>
  email === undefined
    ? []
    : [
        { op: 'replace', path: 'userName', value: email },
        { op: 'replace', path: 'emails', value: [{ value: email, type: 'work', primary: true }] },
      ]

/** `/name/givenName` (RFC 6901) as `name.givenName` (RFC 7644, 3.5.2). */
const scimPath = (pointer: string): string => pointer.slice(1).replaceAll('/', '.')
