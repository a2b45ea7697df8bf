import type { ApiRequest } from '../core/ports.ts'
import { attempt, failed, ok, remedyOf, several, skipped, type Check, type Section } from './check.ts'
import type { Patient } from './patient.ts'

/** The SCIM directory, where accounts are made through it. */
export async function provisioningSection(patient: Patient): Promise<Section> {
  const { method, groups } = patient.spec.provisioning
  const title = 'Provisioning'
  if (method !== 'SCIM') return { title, checks: [ok('provisioning', 'by invitation')] }
  return { title, checks: [await scimCheck(patient, groups)] }
}

async function scimCheck({ transport: { reader }, connected, spec }: Patient, groups: boolean): Promise<Check> {
  const name = 'scim-key'
  if (!connected.connection.credentials.scim) return skipped(name, 'there is no SCIM key')
  const found = await attempt(async () => [await total('Users'), await total('Groups')] as const)
  if ('code' in found) {
    const reason =
      found.code === 'NOT_FOUND'
        ? `correct spec.provisioning.scimDirectoryId (${spec.provisioning.scimDirectoryId}): it is in the base URL of the SCIM directory`
        : 'make a new key at admin.atlassian.com, Security, Identity providers; the key of the organization does not work here'
    return failed(name, `the SCIM directory does not answer: ${found.message}`, remedyOf(found, reason))
  }
  const [users, groupCount] = found.value
  return ok(
    name,
    `accepted; ${several(users, 'user')} and ${several(groupCount, 'group')}, the groups are ${groups ? '' : 'not '}ours to write`,
  )

  async function total(what: 'Users' | 'Groups'): Promise<number> {
    const request: ApiRequest = {
      api: 'scim',
      method: 'GET',
      path: `/scim/directory/{directoryId}/${what}`,
      query: { count: 1 },
    }
    return (await reader.read<{ readonly totalResults: number }>(request)).totalResults
  }
}
