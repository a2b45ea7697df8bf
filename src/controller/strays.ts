import { calm, judge } from '../report/conditions.ts'
import { holdsFinalizer, isLeaving } from './cluster-object.ts'
import type { Stray } from './estates.ts'
import type { ObjectWrites } from './object-writes.ts'
import { several } from './several.ts'

/**
 * What is to be said to objects that no organization takes. One that is deleted is let go: there is nobody to withdraw
 * anything from, or, where an organization has applied it before, its own next pass does.
 */
export async function tellStrays(
  strays: readonly Stray[],
  objects: ObjectWrites,
  seesOrganizationOf: (stray: Stray) => boolean,
): Promise<void> {
  await several(strays, async (stray) => {
    const { object, diagnostic } = stray
    if (isLeaving(object) && holdsFinalizer(object) && seesOrganizationOf(stray)) {
      return objects.release(object, `let go without a withdrawal: ${diagnostic.message}`)
    }
    const observedGeneration = object.metadata.generation ?? 0
    const conditions = judge({ ...calm, diagnostics: [diagnostic] }).map((each) => ({ ...each, observedGeneration }))
    return objects.tell(object, { observedGeneration, conditions })
  })
}
