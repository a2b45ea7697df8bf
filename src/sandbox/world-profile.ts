import type { ProfileSeed } from './world-seed.ts'
import type { Account } from './world-state.ts'

/** What the SCIM directory has of a profile; the rest of it is the account's own. */
export const scimProfileFields: readonly (keyof ProfileSeed)[] = [
  'nickname',
  'timeZone',
  'locale',
  'jobTitle',
  'organization',
  'department',
]

/** The profile as every API shows it: what SCIM says goes before what the account says. */
export function profileOf({ name, profile, scim }: Account): Required<ProfileSeed> {
  const synced = {
    nickname: scim?.nickName,
    timeZone: scim?.timezone,
    locale: scim?.preferredLanguage,
    jobTitle: scim?.title,
    organization: scim?.organization,
    department: scim?.department,
  }
  const said = Object.fromEntries(Object.entries(synced).filter(([, value]) => value !== undefined))
  return { ...defaults, nickname: name.slice(0, 30), ...profile, ...said }
}

const defaults = { timeZone: 'UTC', locale: 'en-US', jobTitle: '', organization: '', department: '', location: '' }
