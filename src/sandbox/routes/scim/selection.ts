import { Refusal } from '../../refusal.ts'
import { userSchema } from './attributes.ts'

type Fields = Readonly<Record<string, unknown>>

const always = ['id', 'schemas']

/**
 * The attributes of a user that `attributes` names, or all but those that `excludedAttributes` names, such as
 * `userName,emails.value`; `id` and `schemas` stay (RFC 7643 section 7, `returned: always`).
 * @throws Refusal where both are there: they exclude each other (SCIM, `GET /Users`)
 */
export function selected(query: URLSearchParams, user: Fields): Fields {
  const included = pathsOf(query.get('attributes'))
  const excluded = pathsOf(query.get('excludedAttributes'))
  if (included && excluded) {
    throw new Refusal('invalid', 'attributes', 'attributes and excludedAttributes are mutually exclusive')
  }
  if (included) return keep(user, included, (name) => always.includes(name))
  return excluded ? drop(user, excluded, (name) => always.includes(name)) : user
}

/** Lower case, without the URN of the core schema; names of attributes have no case. */
function pathsOf(list: string | null): string[] | undefined {
  const paths = (list ?? '').split(',').map((path) => path.trim().toLowerCase())
  const named = paths.filter(Boolean).map((path) => path.replace(`${userSchema.toLowerCase()}:`, ''))
  return named.length === 0 ? undefined : named
}

function keep(fields: Fields, paths: readonly string[], stays: (name: string) => boolean): Fields {
  const kept = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    if (stays(name) || paths.includes(name.toLowerCase())) return [[name, value]]
    const below = pathsBelow(paths, name)
    return below.length === 0 ? [] : [[name, each(value, (part) => keep(part, below, () => false))]]
  })
  return Object.fromEntries(kept)
}

function drop(fields: Fields, paths: readonly string[], stays: (name: string) => boolean): Fields {
  const kept = Object.entries(fields).filter(([name]) => stays(name) || !paths.includes(name.toLowerCase()))
  return Object.fromEntries(
    kept.map(([name, value]) => {
      const below = pathsBelow(paths, name)
      return [name, below.length === 0 ? value : each(value, (part) => drop(part, below, () => false))]
    }),
  )
}

/** What stands behind `name.` in the paths, or behind `name:` where the name is the URN of an extension. */
function pathsBelow(paths: readonly string[], name: string): string[] {
  const prefix = `${name.toLowerCase()}${name.startsWith('urn:') ? ':' : '.'}`
  return paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
}

function each(value: unknown, change: (part: Fields) => Fields): unknown {
  if (Array.isArray(value)) return value.map((part) => each(part, change))
  return typeof value === 'object' && value !== null ? change(value as Fields) : value
}
