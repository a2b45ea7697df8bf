import { systemClock } from '../src/clock.ts'
import { apiVersion, type Manifest } from '../src/core/manifest.ts'
import { emptyState } from '../src/core/state.ts'
import { openSessions } from '../src/run/session.ts'
import { startSandbox } from '../src/sandbox/start-sandbox.ts'
import type { Measured } from './measured.ts'
import { numbers, referenceNames, referenceWorld } from './reference-world.ts'

const sizes = { users: 1_000, groups: 300, membersOfGroup: 30, projects: 200, spaces: 300, rowsOfSpace: 60 }
const { users, groups, projects, spaces } = sizes
const { email, groupName, membersOf, holdersOf, projectKey, spaceKey, roles, site } = referenceNames(sizes)

/**
 * One plan over the reference organization (its sizes stand above), everything declared. The lower bound is counted from the largest
 * pages and filters that Atlassian documents: people, groups, project keys by fifties, the list of roles, a call a role;
 * the permission model, the list of space roles, space keys by 250, a call a space.
 */
export async function measureReference(): Promise<Measured> {
  const sandbox = await startSandbox({ world: referenceWorld(sizes) })
  const started = process.hrtime.bigint()
  const { sessions, diagnostics } = await openSessions(
    { manifests: manifests(), diagnostics: [] },
    {
      clock: systemClock,
      random: () => 0.5,
      env: { KEY: 'key' },
      cwd: '.',
      covers: () => true,
      isWhole: true,
      source: '.',
      sandboxUrl: sandbox.url,
      tokens: () => {
        throw new Error('nothing here signs in by consent')
      },
      store: () => ({ load: async () => emptyState, hold: () => Promise.reject(new Error('nothing is written here')) }),
    },
  )
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics[0]))
  const { survey } = await sessions[0]!.run(async () => undefined)
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6
  const calls = sandbox.journal.entries.length
  await sandbox.close()
  const { plan, observed, announced } = survey
  // a project or a space that the token does not see would make the plan smaller and the calls fewer
  if (survey.diagnostics.length > 0) throw new Error(JSON.stringify(survey.diagnostics[0]))
  const differences = plan.scopes.reduce((sum, each) => sum + each.changes.length + each.held.length, 0)
  if (observed.unread.size > 0 || differences > 0)
    throw new Error(`${observed.unread.size} unread, ${differences} differences`)
  const identities = Math.ceil(users / 100) + Math.ceil(groups / 100)
  const jira = Math.ceil(projects / 50) + 1 + projects * roles.length
  const confluence = 2 + Math.ceil(spaces / 250) + spaces
  const note = `${observed.resources.size} entries in ${plan.scopes.length} places; announced ${announced.calls}`
  return { wallMs, calls, lowerBound: identities + jira + confluence, note }
}

function manifest(kind: string, name: string, spec: object): Manifest {
  const origin = { file: `${name}.yaml`, line: 1 }
  return { apiVersion, kind, name, spec, origin, locate: () => origin }
}

function manifests(): Manifest[] {
  const authority = 'Authoritative'
  const members = (group: number) => membersOf(group).map((each) => ({ email: each }))
  const subjects = (names: readonly string[]) => names.map((group) => ({ group }))
  return [
    organization(),
    ...numbers(groups).map((index) =>
      manifest('AtlassianGroupMembership', groupName(index), {
        group: groupName(index),
        authority,
        members: members(index),
      }),
    ),
    ...roles.map((role) => {
      const keys = numbers(projects).map(projectKey)
      const spec = { site, projects: { keys }, role, authority, subjects: [{ email: email(0) }] }
      return manifest('JiraRoleBinding', role.toLowerCase(), spec)
    }),
    ...numbers(spaces).map((index) => {
      const spec = {
        site,
        spaces: { keys: [spaceKey(index)] },
        role: 'Admin',
        authority,
        subjects: subjects(holdersOf(index)),
      }
      return manifest('ConfluenceSpaceGrant', spaceKey(index).toLowerCase(), spec)
    }),
  ]
}

function organization(): Manifest {
  const valueFrom = { env: 'KEY' }
  return manifest('AtlassianOrganization', 'reference', {
    organizationId: 'o',
    directoryId: 'd',
    sites: [{ name: site, url: 'https://x.atlassian.net' }],
    provisioning: { method: 'Invite' },
    credentials: { organization: { valueFrom }, sites: [{ site, apiToken: { email: email(0), valueFrom } }] },
  })
}
