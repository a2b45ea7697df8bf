import { heldPermissions } from '../atlassian/jira-permission.ts'
import { readMode, readRoles } from '../kinds/confluence-space-grant/api.ts'
import { attempt, failed, ok, remedyOf, skipped, warning, type Check } from './check.ts'
import type { Patient, SiteUnderTest } from './patient.ts'

/** What the credential may do in Jira and Confluence, as far as something is declared there. */
export async function accessChecks(patient: Patient, tested: SiteUnderTest): Promise<readonly Check[]> {
  const { wantsJira, wantsConfluence } = tested
  return [
    wantsJira
      ? await jiraCheck(patient, tested)
      : skipped('jira-permissions', 'no JiraRoleBinding is declared for the site'),
    wantsConfluence
      ? await modeCheck(patient, tested)
      : skipped('confluence-mode', 'no ConfluenceSpaceGrant is declared for the site'),
  ]
}

async function jiraCheck({ transport: { reader } }: Patient, { site }: SiteUnderTest): Promise<Check> {
  const name = 'jira-permissions'
  const held = await heldPermissions(reader, { site: site.name }, ['ADMINISTER', 'ADMINISTER_PROJECTS'])
  const remedy = 'give the account Administer Jira, or Administer Projects in every project that is declared'
  if ('code' in held) return failed(name, held.message, remedyOf(held, 'give the credential access to Jira'))
  if (held.has('ADMINISTER')) return ok(name, 'Administer Jira')
  if (!held.has('ADMINISTER_PROJECTS')) return failed(name, 'neither Administer Jira nor Administer Projects', remedy)
  return warning(name, 'no Administer Jira; Administer Projects in some projects, perhaps not in all', remedy)
}

const modes = {
  PRE_ROLES: 'single permissions, no space roles',
  ROLES_TRANSITION: 'space roles beside single permissions',
  ROLES: 'space roles only',
} as const

/** The mode may say roles while the roles answer 404 (reference 9.2): both are asked. */
async function modeCheck({ transport: { reader } }: Patient, { site }: SiteUnderTest): Promise<Check> {
  const name = 'confluence-mode'
  const found = await attempt(async () => ({
    mode: await readMode(reader, site.name),
    roles: await readRoles(reader, site.name),
  }))
  if ('code' in found) {
    const remedy =
      'give the account access to Confluence, and the token read:configuration:confluence and read:space.permission:confluence'
    return failed(name, found.message, remedyOf(found, remedy))
  }
  const { mode, roles } = found.value
  if (mode === undefined && !roles) return ok(name, 'the site knows no space roles: single permissions')
  const said = mode === undefined ? 'space roles, the mode is not told' : modes[mode]
  if (mode === 'PRE_ROLES' || roles) return ok(name, `${said}${roles ? ` (${roles.length} roles)` : ''}`)
  return failed(
    name,
    `the mode says ${mode} (${said}), and the list of space roles answers 404`,
    'give the account Confluence administration; if it has it, the trial of roles has ended: grants need permissions then',
  )
}
