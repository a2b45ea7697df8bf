import type { FieldHints } from '../core/schema.ts'

/**
 * What authentication policies set, by the names under which people look for it, in lower case. No API reads or writes any
 * of it: there are three calls, all of them about who is in which policy (`admin-control-auth-policies.openapi.json`).
 */
const settings: Readonly<Record<string, string>> = {
  'two-step verification':
    'mfa mfaenabled enforcemfa requiremfa 2fa twofactor twofactorauthentication twostep twostepverification enforcetwostepverification requiretwostepverification',
  'single sign-on': 'sso saml enforcesso requiresso singlesignon enforcesinglesignon',
  'the password': 'password passwordpolicy passwordexpiry passwordstrength',
  'the length of sessions': 'sessionduration idlesessionduration sessiontimeout idletimeout',
}

/** @param instead what to do, e.g. `put the account into …` */
export const policySettingHints = (instead: string): FieldHints =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([setting, names]) =>
      names.split(' ').map((name) => [name, `no API of Atlassian sets ${setting}: ${instead}`] as const),
    ),
  )
