import type { Estate } from '../run/organizations.ts'
import type { Section } from './check.ts'
import { declarationSection } from './declaration-section.ts'
import { directorySection } from './directory-section.ts'
import { organizationSection } from './organization-section.ts'
import { admit, type DoctorOptions } from './patient.ts'
import { provisioningSection } from './provisioning-section.ts'
import { siteSection } from './site-section.ts'
import { runSection } from './state-section.ts'

/** Looks at everything a run needs, in the order in which one thing needs another. Reads only; each section comes when it is done. */
export async function* examine(estate: Estate, options: DoctorOptions): AsyncGenerator<Section> {
  const patient = await admit(estate, options)
  yield declarationSection(patient, options)
  if (!patient) return
  const { section, works } = await organizationSection(patient)
  yield section
  const directory = await directorySection(patient, works)
  yield directory.section
  yield provisioningSection(patient)
  for (const site of patient.connected.connection.sites) yield siteSection(patient, site, directory.accounts)
  yield runSection(patient)
}
