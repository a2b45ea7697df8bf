import type { SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { projectOf } from '../../world-jira.ts'
import type { Project } from '../../world-state.ts'
import { mayBrowse, requireProjectAdmin } from './permissions.ts'

/** The projects of the site that the caller may see. */
export function visibleProjects(request: SandboxRequest): Project[] {
  return [...(request.site?.jira?.projects.values() ?? [])].filter((project) => mayBrowse(request, project))
}

/** @param which id or key. @throws Refusal (404): one that the caller may not see looks like a missing one */
export function visibleProject(request: SandboxRequest, which: string): Project {
  const project = projectOf(request.site!, which)
  if (mayBrowse(request, project)) return project
  throw new Refusal('not-found', 'project', `No project could be found with key '${which}'.`)
}

/** The project of the path. @throws Refusal (404) */
export function projectIn(request: SandboxRequest): Project {
  return visibleProject(request, request.params['projectIdOrKey'] ?? '')
}

/** The project of the path, to look at its roles or change them. @throws Refusal (404), for who may not as well */
export function administeredProject(request: SandboxRequest): Project {
  const project = projectIn(request)
  requireProjectAdmin(request, project)
  return project
}
