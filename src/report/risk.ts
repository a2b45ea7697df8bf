import { restsOnSilence, subject, type Change } from '../core/change.ts'

/** Why a reviewer should look twice. Words, so that rules and people can search for them. */
export const risks = ['privileged', 'removal', 'external', 'cost'] as const

export type Risk = (typeof risks)[number]

/** `isExternal`: whether the change is about an account that the organization does not manage. */
export function risksOf(change: Change, isExternal: (change: Change) => boolean): readonly Risk[] {
  const found: Readonly<Record<Risk, boolean>> = {
    privileged: givesPower(change),
    removal: takesAccess(change),
    external: isExternal(change),
    cost: change.action === 'create' && (change.after.notes ?? []).some(isSeat),
  }
  return risks.filter((each) => found[each])
}

/** Kinds note what may cost a seat, in these words. */
export const isSeat = (note: string): boolean => note.endsWith(' seat')

/** Where somebody must always be left who may administer, whoever counts towards that may. */
function givesPower(change: Change): boolean {
  if (change.action === 'delete') return false
  const { after } = change
  return (
    after.privileged !== undefined ||
    after.fields['organizationAdmin'] === true ||
    (after.counts === true && after.scope.keepPeople !== undefined)
  )
}

const closed: readonly unknown[] = ['Suspended', 'Deactivated']

/** A removal, an update that takes something away, and the end of an account. */
const takesAccess = (change: Change): boolean =>
  restsOnSilence(change) || (change.action === 'update' && closed.includes(subject(change).fields['state']))
