import { createTransport, type Transport } from '../atlassian/transport.ts'
import type { Unread } from '../core/directory.ts'
import { attempt, failed, ok, remedyOf, type Check } from './check.ts'
import type { Patient, SiteUnderTest } from './patient.ts'

/** `GET /rest/api/3/myself`. */
export interface Myself {
  readonly accountId: string
  readonly displayName?: string
  /** Left out where the person hides it. */
  readonly emailAddress?: string
}

const whoAmI = ({ reader }: Pick<Transport, 'reader'>, site: string) =>
  attempt(() => reader.read<Myself>({ api: 'jira', method: 'GET', path: '/rest/api/3/myself', site }))

/** Whose credential it is; a token that is refused is tried the other way, to tell a wrong one from one of the other kind. */
export async function tokenCheck(
  patient: Patient,
  tested: SiteUnderTest,
): Promise<{ readonly check: Check; readonly myself?: Myself }> {
  const name = 'token'
  const { site, credential } = tested
  const found = await whoAmI(patient.transport, site.name)
  if ('value' in found) {
    const { displayName, emailAddress } = found.value
    const account = emailAddress ?? displayName ?? found.value.accountId
    return { check: ok(name, `${kindOf(tested)} of ${account} is accepted`), myself: found.value }
  }
  if (found.status !== 401) {
    return { check: failed(name, found.message, remedyOf(found, 'give the account access to Jira on this site')) }
  }
  if (credential.kind === 'oauth') {
    const remedy = `log in again: roster login --site ${site.name}; for a service account check the client's secret and scopes`
    return { check: failed(name, `the access token is not accepted: ${found.message}`, remedy) }
  }
  return { check: await refused(patient, tested, found) }
}

function kindOf({ credential }: SiteUnderTest): string {
  if (credential.kind === 'oauth') return 'the access token'
  return credential.scoped ? 'the token with scopes' : 'the token without scopes'
}

/** Tokens with scopes work on the gateway only, those without on the site only (reference 2.1 and 2.5). */
async function refused(patient: Patient, { site, credential }: SiteUnderTest, found: Unread): Promise<Check> {
  const name = 'token'
  if (credential.kind === 'oauth') throw new Error('an access token has no other way')
  const { transportOptions } = patient
  const other = { ...credential, scoped: !credential.scoped }
  const credentials = { ...transportOptions.credentials, sites: new Map([[site.name, other]]) }
  const tried = await whoAmI(createTransport({ ...transportOptions, credentials }), site.name)
  if ('code' in tried) {
    return failed(
      name,
      `the token of ${credential.email} is not accepted on the site nor on the gateway: ${found.message}`,
      'check the e-mail and whether the token has ended; make one at id.atlassian.com/manage-profile/security/api-tokens',
    )
  }
  const [is, place] = other.scoped ? ['with', 'gateway'] : ['without', 'site']
  return failed(
    name,
    `it is a token ${is} scopes: it works on the ${place}, and is sent to the ${other.scoped ? 'site' : 'gateway'}`,
    `set apiToken.scoped: ${String(other.scoped)} for the site ${site.name}`,
  )
}
