import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import type { Project } from '../../world-state.ts'
import { administers, isJiraAdmin, isSiteAdmin } from './permissions.ts'
import { visibleProject, visibleProjects } from './visible-projects.ts'

const globalPermissions = ['ADMINISTER', 'SYSTEM_ADMIN', 'USER_PICKER', 'BULK_CHANGE']
const administration = 'ADMINISTER_PROJECTS EDIT_WORKFLOW EDIT_ISSUE_LAYOUT'

/** The built-in permissions, in the order in which Atlassian lists them (Jira v3, permission schemes). */
const projectPermissions = [
  administration,
  'BROWSE_PROJECTS MANAGE_SPRINTS_PERMISSION SERVICEDESK_AGENT VIEW_DEV_TOOLS VIEW_READONLY_WORKFLOW',
  'ASSIGNABLE_USER ASSIGN_ISSUES CLOSE_ISSUES CREATE_ISSUES DELETE_ISSUES EDIT_ISSUES LINK_ISSUES MODIFY_REPORTER',
  'MOVE_ISSUES RESOLVE_ISSUES SCHEDULE_ISSUES SET_ISSUE_SECURITY TRANSITION_ISSUES',
  'MANAGE_WATCHERS VIEW_VOTERS_AND_WATCHERS',
  'ADD_COMMENTS DELETE_ALL_COMMENTS DELETE_OWN_COMMENTS EDIT_ALL_COMMENTS EDIT_OWN_COMMENTS',
  'CREATE_ATTACHMENTS DELETE_ALL_ATTACHMENTS DELETE_OWN_ATTACHMENTS',
  'DELETE_ALL_WORKLOGS DELETE_OWN_WORKLOGS EDIT_ALL_WORKLOGS EDIT_OWN_WORKLOGS WORK_ON_ISSUES',
].flatMap((keys) => keys.split(' '))
const permissions = [...globalPermissions, ...projectPermissions]

/** Every permission, without a word about who has it. */
export function allPermissions(): Answer {
  return ok({ permissions: Object.fromEntries(permissions.map((key) => [key, permissionView(key)])) })
}

/**
 * What the caller may do: anywhere, or in the project of `projectId` or `projectKey`. The sandbox keeps no permission
 * schemes: administration goes with the role of that name, all else of a project with seeing it.
 */
export function myPermissions(request: SandboxRequest): Answer {
  const asked = request.query.get('permissions')
  if (!asked) throw new Refusal('invalid', 'permissions', "The 'permissions' query parameter is required.")
  const keys = asked.split(',').map((key) => key.trim())
  const unknown = keys.find((key) => !permissions.includes(key))
  if (unknown !== undefined) throw new Refusal('invalid', 'permissions', `Unrecognized permission: ${unknown}`)
  const projects = projectsAsked(request)
  const entries = keys.map((key) => [key, { ...permissionView(key), havePermission: has(request, key, projects) }])
  return ok({ permissions: Object.fromEntries(entries) })
}

/** @throws Refusal (404) where the project is not there or the caller may not see it */
function projectsAsked(request: SandboxRequest): readonly Project[] {
  const which = request.query.get('projectId') ?? request.query.get('projectKey')
  if (which === null) return visibleProjects(request)
  return [visibleProject(request, which)]
}

function has(request: SandboxRequest, key: string, projects: readonly Project[]): boolean {
  if (key === 'ADMINISTER') return isJiraAdmin(request)
  if (key === 'SYSTEM_ADMIN') return isSiteAdmin(request)
  if (globalPermissions.includes(key)) return true
  if (!administration.split(' ').includes(key)) return projects.length > 0
  return projects.some((project) => administers(request, project))
}

function permissionView(key: string) {
  const words = key.split('_').map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`)
  return {
    id: String(permissions.indexOf(key)),
    key,
    name: words.join(' '),
    type: globalPermissions.includes(key) ? 'GLOBAL' : 'PROJECT',
    description: words.join(' '),
  }
}
