import { readEstate, type Estate, type EstatePart } from '../atlassian/catalogue-all.ts'
import type { Survey } from '../core/reconcile.ts'
import { emptyState } from '../core/state.ts'
import type { ImportPart } from '../import/holding.ts'
import type { Session } from '../run/session.ts'
import { specOf, type Reading } from './estate-reading.ts'
import { interruptible } from './interruption.ts'
import { runSession } from './pass.ts'

/** What an import rests on: what there is, and what the declaration says of it. */
export interface ImportBasis {
  readonly estate: Estate
  readonly survey: Survey
}

/** A pass over the declaration as it stands, and the whole estate, of which nothing is written. */
export async function readBasis(
  session: Session,
  parts: ReadonlySet<ImportPart>,
  reading: Reading,
): Promise<ImportBasis> {
  const { opened, context } = reading
  const { pass } = await runSession(session, opened, { context, decide: async () => undefined })
  const { defaultGroups, provisioning } = specOf(session, opened)
  const wanted: readonly EstatePart[] = [
    'identities',
    ...(parts.has('roles') ? (['projects'] as const) : []),
    ...(parts.has('spaces') ? (['spaces'] as const) : []),
  ]
  const estate = readEstate(session.transport.reader, {
    known: emptyState.counts,
    sites: session.siteNames,
    declaredDefaultGroups: defaultGroups,
    provisioningMethod: provisioning.method,
    provisionsGroups: provisioning.groups,
    parts: new Set(wanted),
  })
  return { estate: await interruptible(estate, context.io.signal, () => true), survey: pass.survey }
}
