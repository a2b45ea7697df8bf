import type { Account, Directory, Group, Pins } from '../core/directory.ts'
import { normalEmail, normalName } from '../core/principal.ts'

interface Index<Item> {
  readonly byName: ReadonlyMap<string, Item>
  readonly byId: ReadonlyMap<string, Item>
  readonly pins: ReadonlyMap<string, string>
  readonly idOf: (item: Item) => string
}

/** Whoever has the name now, unless it is somebody else than when it was applied; else whoever had it then. */
function find<Item>(name: string, { byName, byId, pins, idOf }: Index<Item>): Item | undefined {
  const pin = pins.get(name)
  const now = byName.get(name)
  if (now && (pin === undefined || pin === idOf(now))) return now
  return now || pin === undefined ? undefined : byId.get(pin)
}

const isTaken = <Item>(name: string, { byName, pins, idOf }: Index<Item>): boolean => {
  const [pin, now] = [pins.get(name), byName.get(name)]
  return pin !== undefined && now !== undefined && pin !== idOf(now)
}

export interface NamedParts {
  readonly byEmail: ReadonlyMap<string, Account>
  readonly byAccountId: ReadonlyMap<string, Account>
  readonly byName: ReadonlyMap<string, Group>
  readonly byGroupId: ReadonlyMap<string, Group>
  readonly pins: Pins
}

/** Look-ups by e-mail and by name that follow an identity through a change of its name, and never switch to another one. */
export function namedLookUps(parts: NamedParts): Pick<Directory, 'account' | 'group' | 'changed'> {
  const { byEmail, byAccountId, byName, byGroupId, pins } = parts
  const accounts = { byName: byEmail, byId: byAccountId, pins: pins.accounts, idOf: (each: Account) => each.accountId }
  const groups = { byName, byId: byGroupId, pins: pins.groups, idOf: (each: Group) => each.groupId }
  return {
    account: (email) => find(normalEmail(email), accounts),
    group: (name) => find(normalName(name), groups),
    changed(name) {
      const now = isTaken(normalEmail(name), accounts) ? 'account' : isTaken(normalName(name), groups) ? 'group' : ''
      return now === '' ? undefined : `${name} was another ${now} when it was last applied`
    },
  }
}
