import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isError } from '../core/diagnostic.ts'
import { credentialEnds } from '../run/credential-ends.ts'
import { failed, ok, several, skipped, warning, type Check, type Section } from './check.ts'
import type { DoctorOptions, Patient } from './patient.ts'

/** As `engines` of package.json. */
const oldestNode = [22, 20] as const

/** What this machine has: the manifests, the secrets they point to, Node. */
export async function declarationSection(
  patient: Patient | undefined,
  { diagnostics, nodeVersion }: DoctorOptions,
): Promise<Section> {
  const errors = diagnostics.filter(isError)
  const [first] = errors
  const manifests = first
    ? failed('manifests', `${several(errors.length, 'mistake')}, the first: ${first.message}`, 'run roster validate')
    : ok('manifests', 'no mistakes')
  return {
    title: 'Declaration',
    checks: [
      nodeCheck(nodeVersion),
      manifests,
      ...(patient
        ? [...credentialChecks(patient), await permissionCheck(patient)]
        : [skipped('credentials', 'the organization cannot be understood')]),
    ],
  }
}

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const [wantedMajor, wantedMinor] = oldestNode
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return ok('node', `Node ${version}`)
  const wanted = `${wantedMajor}.${wantedMinor}`
  return failed('node', `Node ${version} is older than ${wanted}`, `install Node ${wanted} or later`)
}

/** A declared end is told here as well: no API tells the end of all of them. */
function credentialChecks({ connected, estate, spec, options }: Patient): readonly Check[] {
  const diagnostics = [...connected.diagnostics, ...credentialEnds(estate.organization, spec, options.clock.now())]
  if (diagnostics.length === 0) return [ok('credentials', 'every secret is where the manifest says')]
  return diagnostics.map((each) => {
    const remedy = each.hint ?? 'mend the manifest of the organization'
    return isError(each) ? failed('credentials', each.message, remedy) : warning('credentials', each.message, remedy)
  })
}

/** Files that others on this machine may read. Windows has no such bits. */
async function permissionCheck({ estate: { organization }, spec: { credentials }, options }: Patient): Promise<Check> {
  const { cwd } = options
  const sites = credentials.sites.flatMap(({ apiToken, oauth }) => [
    apiToken?.valueFrom,
    oauth?.clientSecret.valueFrom,
    oauth?.refreshToken?.valueFrom,
  ])
  const files = [credentials.organization.valueFrom, credentials.scim?.valueFrom, ...sites].flatMap(
    (each) => each?.file ?? [],
  )
  if (files.length === 0) return ok('secret-files', 'no secret is in a file')
  const open: string[] = []
  for (const file of files) {
    const info = await stat(resolve(cwd, dirname(organization.origin.file), file)).catch(() => undefined)
    if (info && (info.mode & 0o077) !== 0) open.push(file)
  }
  if (open.length === 0) return ok('secret-files', `nobody else may read the ${several(files.length, 'secret file')}`)
  return warning('secret-files', `other users of this machine may read ${open.join(', ')}`, 'chmod 600 these files')
}
