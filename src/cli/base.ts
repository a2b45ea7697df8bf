import { relative, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Diagnostic } from '../core/diagnostic.ts'
import { manifestId, type Manifest } from '../core/manifest.ts'
import { readSelection } from '../source/root.ts'

/** What of an organization decides which credentials are read, and where they are sent. */
const decisive = ['organizationId', 'directoryId', 'sites', 'provisioning', 'credentials', 'endpoints'] as const

export interface Proposal {
  /** Of the whole declaration. */
  readonly manifests: readonly Manifest[]
  /** As typed. */
  readonly paths: readonly string[]
}

/**
 * What a change to a declaration does to where credentials go, as mistakes of the organizations in it. A plan of what
 * somebody proposes is made with real credentials, before anybody has agreed to it: an address in it would get them.
 * `base`: stands for the working directory, and holds at the same paths what was agreed to.
 */
export async function movedCredentials(
  { manifests, paths }: Proposal,
  base: string,
  cwd: string,
): Promise<readonly Diagnostic[]> {
  const there = (paths.length === 0 ? ['.'] : paths).map((path) =>
    resolve(cwd, base, relative(cwd, resolve(cwd, path))),
  )
  const agreed = (await readSelection(there, cwd)).declaration.manifests.filter(isOrganization)
  return manifests.filter(isOrganization).flatMap((organization) => {
    const before = agreed.find((each) => manifestId(each) === manifestId(organization))
    if (!before) return [problem(organization, [], 'the organization is not in')]
    const changed = decisive.filter((field) => !isSame(before, organization, field))
    return changed.map((field) => problem(organization, ['spec', field], `${field} is not as in`))
  })

  function problem(organization: Manifest, path: readonly string[], what: string): Diagnostic {
    return {
      code: 'CREDENTIALS_MOVED',
      severity: 'error',
      message: `${what} ${base}: it decides where credentials go`,
      origin: organization.locate(path, path.length > 0),
      hint: 'let whoever owns this file agree to it first; nothing was asked of anybody',
    }
  }
}

const isOrganization = ({ kind }: Manifest): boolean => kind === 'AtlassianOrganization'

const isSame = (one: Manifest, other: Manifest, field: string): boolean =>
  isDeepStrictEqual(fieldOf(one.spec, field), fieldOf(other.spec, field))

function fieldOf(spec: unknown, field: string): unknown {
  const isObject = typeof spec === 'object' && spec !== null
  return isObject && Object.hasOwn(spec, field) ? (spec as Readonly<Record<string, unknown>>)[field] : undefined
}
