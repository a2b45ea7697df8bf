import { fieldsOf, textOf, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import type { SpaceAccess, SpacePrincipal } from '../../world-state.ts'

const principalTypes = { USER: 'user', GROUP: 'group', ACCESS_CLASS: 'access-class' } as const
const accessClasses = [
  'anonymous-users',
  'jsm-project-admins',
  'authenticated-users',
  'all-licensed-users',
  'all-product-admins',
]

/** Whether an entry is of the principal in `principal-id` and `principal-type`. @throws Refusal where one of them is alone */
export function principalFilter({ query }: SandboxRequest): (access: SpaceAccess) => boolean {
  const id = query.get('principal-id')
  const type = query.get('principal-type')
  if ((id === null) !== (type === null))
    throw new Refusal('invalid', 'principal-id', 'principal-id and principal-type go together')
  if (type === null) return () => true
  const own = typeOf(type)
  if (own === undefined) throw new Refusal('invalid', 'principal-type', `no principal type ${type}`)
  return ({ principal }) => principal.id === id && principal.type === own
}

/** @throws Refusal where nothing has this name */
export function principalOf({ state }: SandboxRequest, value: unknown): SpacePrincipal {
  const { principalType, principalId } = fieldsOf(value)
  const id = textOf(principalId) ?? ''
  const type = typeOf(principalType)
  const known = {
    user: state.accounts.has(id),
    group: state.groups.has(id),
    'access-class': accessClasses.includes(id),
  }
  if (type !== undefined && known[type]) return { type, id }
  throw new Refusal('invalid', 'principal', `no principal ${textOf(principalType)} ${id}`)
}

function typeOf(principalType: unknown): SpacePrincipal['type'] | undefined {
  return Object.entries(principalTypes).find(([name]) => name === principalType)?.[1]
}

export function nameOfType({ type }: SpacePrincipal): string {
  return Object.entries(principalTypes).find(([, own]) => own === type)?.[0] ?? 'USER'
}
