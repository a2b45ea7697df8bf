import type { Departure } from './schema-audit.builder.ts'

/** Where the client departs from Atlassian's description. Each is seen in this run, or the last test fails. */
export const departures = {
  'a permission of the newer kind': {
    client: 'addPermissionToSpace: operation.key is one of 14 values, none of them manage_templates',
    described: 'confluence-v1, overlay: SpacePermissionV2.operation.key has manage_templates and nine more',
    is: ({ kind, endpoint, path }) =>
      kind === 'value' && /^POST .*\/space\/\w+\/permission$/.test(endpoint) && path === 'operation.key',
  },
  'the links of one space role': {
    client: 'getSpaceRolesById: no _links',
    described: 'confluence-v2: the 200 of GET /space-roles/{id} is a SpaceRole and _links',
    is: (finding) =>
      finding.kind === 'keys' &&
      /^GET .*\/space-roles\/[\w-]+$/.test(finding.endpoint) &&
      finding.keys.join() === '_links',
  },
  'a change of a space role without a task': {
    client: 'updateSpaceRole: taskId is a string or left out',
    described: 'confluence-v2, overlay: UpdateSpaceRoleResponse.taskId can be null',
  },
} as const satisfies Readonly<Record<string, Departure>>
