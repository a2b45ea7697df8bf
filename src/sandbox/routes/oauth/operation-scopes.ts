interface ScopedOperations {
  /** One of these lists must be whole in the token. Scopes are separated by spaces. */
  readonly anyOf: readonly string[]
  /** Method and path template, as in the routes. */
  readonly operations: readonly string[]
}

/**
 * Scopes of the operations that access management rests on: `x-atlassian-oauth2-scopes` of Atlassian's OpenAPI files, the
 * classic list before the granular one. Held against those files by operation-scopes.test.ts.
 */
const scoped: readonly ScopedOperations[] = [
  {
    anyOf: ['manage:jira-configuration', 'read:application-role:jira'],
    operations: ['GET /rest/api/3/applicationrole', 'GET /rest/api/3/applicationrole/{key}'],
  },
  {
    anyOf: ['manage:jira-configuration', 'delete:group:jira'],
    operations: ['DELETE /rest/api/3/group'],
  },
  {
    anyOf: ['read:jira-user', 'read:avatar:jira read:group:jira read:user:jira'],
    operations: ['GET /rest/api/3/group'],
  },
  {
    anyOf: ['manage:jira-configuration', 'read:avatar:jira read:group:jira read:user:jira write:group:jira'],
    operations: ['POST /rest/api/3/group', 'POST /rest/api/3/group/user'],
  },
  {
    anyOf: ['read:jira-user', 'read:group:jira'],
    operations: ['GET /rest/api/3/group/bulk', 'GET /rest/api/3/user/groups'],
  },
  {
    anyOf: ['manage:jira-configuration', 'read:avatar:jira read:group:jira read:user:jira'],
    operations: ['GET /rest/api/3/group/member'],
  },
  {
    anyOf: ['manage:jira-configuration', 'write:group:jira'],
    operations: ['DELETE /rest/api/3/group/user'],
  },
  {
    anyOf: ['read:jira-work', 'read:permission:jira'],
    operations: ['GET /rest/api/3/mypermissions'],
  },
  {
    anyOf: ['read:jira-user', 'read:application-role:jira read:avatar:jira read:group:jira read:user:jira'],
    operations: [
      'GET /rest/api/3/myself',
      'GET /rest/api/3/user',
      'GET /rest/api/3/user/bulk',
      'GET /rest/api/3/users',
      'GET /rest/api/3/users/search',
    ],
  },
  {
    anyOf: [
      'read:jira-work',
      'read:application-role:jira read:avatar:jira read:group:jira read:issue-type-hierarchy:jira read:issue-type:jira read:project-category:jira read:project-version:jira read:project.component:jira read:project.property:jira read:project:jira read:user:jira',
    ],
    operations: [
      'GET /rest/api/3/project',
      'GET /rest/api/3/project/search',
      'GET /rest/api/3/project/{projectIdOrKey}',
    ],
  },
  {
    anyOf: ['manage:jira-configuration', 'read:project:jira write:project:jira'],
    operations: ['POST /rest/api/3/project'],
  },
  {
    anyOf: ['manage:jira-configuration', 'delete:project:jira'],
    operations: ['DELETE /rest/api/3/project/{projectIdOrKey}'],
  },
  {
    anyOf: [
      'manage:jira-project',
      'read:application-role:jira read:avatar:jira read:group:jira read:issue-type-hierarchy:jira read:issue-type:jira read:project-category:jira read:project-version:jira read:project.component:jira read:project.property:jira read:project:jira read:user:jira write:project.avatar:jira write:project:jira',
    ],
    operations: ['PUT /rest/api/3/project/{projectIdOrKey}'],
  },
  {
    anyOf: ['read:jira-work', 'read:project-role:jira'],
    operations: ['GET /rest/api/3/project/{projectIdOrKey}/role'],
  },
  {
    anyOf: ['manage:jira-project', 'delete:project-role:jira'],
    operations: ['DELETE /rest/api/3/project/{projectIdOrKey}/role/{id}'],
  },
  {
    anyOf: [
      'read:jira-work',
      'read:avatar:jira read:group:jira read:project-category:jira read:project-role:jira read:project:jira read:user:jira',
    ],
    operations: ['GET /rest/api/3/project/{projectIdOrKey}/role/{id}'],
  },
  {
    anyOf: [
      'manage:jira-configuration',
      'read:avatar:jira read:group:jira read:project-category:jira read:project-role:jira read:project:jira read:user:jira write:project-role:jira',
    ],
    operations: [
      'POST /rest/api/3/project/{projectIdOrKey}/role/{id}',
      'POST /rest/api/3/role',
      'POST /rest/api/3/role/{id}',
      'PUT /rest/api/3/role/{id}',
      'DELETE /rest/api/3/role/{id}/actors',
      'POST /rest/api/3/role/{id}/actors',
    ],
  },
  {
    anyOf: [
      'manage:jira-project',
      'read:avatar:jira read:group:jira read:project-category:jira read:project-role:jira read:project:jira read:user:jira write:project-role:jira',
    ],
    operations: ['PUT /rest/api/3/project/{projectIdOrKey}/role/{id}'],
  },
  {
    anyOf: ['read:jira-work', 'read:avatar:jira read:project-category:jira read:project-role:jira read:project:jira'],
    operations: ['GET /rest/api/3/project/{projectIdOrKey}/roledetails'],
  },
  {
    anyOf: ['read:jira-work', 'read:project-category:jira'],
    operations: ['GET /rest/api/3/projectCategory', 'GET /rest/api/3/projectCategory/{id}'],
  },
  {
    anyOf: ['manage:jira-project', 'read:project-category:jira write:project-category:jira'],
    operations: ['POST /rest/api/3/projectCategory', 'PUT /rest/api/3/projectCategory/{id}'],
  },
  {
    anyOf: ['manage:jira-project', 'delete:project-category:jira'],
    operations: ['DELETE /rest/api/3/projectCategory/{id}'],
  },
  {
    anyOf: [
      'manage:jira-configuration',
      'read:avatar:jira read:group:jira read:project-category:jira read:project-role:jira read:project:jira read:user:jira',
    ],
    operations: ['GET /rest/api/3/role', 'GET /rest/api/3/role/{id}', 'GET /rest/api/3/role/{id}/actors'],
  },
  {
    anyOf: ['manage:jira-configuration', 'delete:project-role:jira'],
    operations: ['DELETE /rest/api/3/role/{id}'],
  },
  {
    anyOf: ['manage:jira-configuration', 'write:user:jira'],
    operations: ['DELETE /rest/api/3/user', 'POST /rest/api/3/user'],
  },
  {
    anyOf: [
      'read:jira-user',
      'read:application-role:jira read:avatar:jira read:group:jira read:user.property:jira read:user:jira',
    ],
    operations: ['GET /rest/api/3/user/search'],
  },
  {
    anyOf: ['read:space.permission:confluence'],
    operations: [
      'GET /wiki/api/v2/space-permissions',
      'GET /wiki/api/v2/space-roles',
      'GET /wiki/api/v2/space-roles/{id}',
      'GET /wiki/api/v2/spaces/{id}/role-assignments',
    ],
  },
  {
    anyOf: ['read:configuration:confluence'],
    operations: [
      'GET /wiki/api/v2/space-role-mode',
      'POST /wiki/api/v2/user/access/check-access-by-email',
      'POST /wiki/api/v2/user/access/invite-by-email',
    ],
  },
  {
    anyOf: ['write:configuration:confluence'],
    operations: [
      'POST /wiki/api/v2/space-roles',
      'PUT /wiki/api/v2/space-roles/{id}',
      'DELETE /wiki/api/v2/space-roles/{id}',
    ],
  },
  {
    anyOf: ['read:space:confluence'],
    operations: [
      'GET /wiki/api/v2/spaces',
      'GET /wiki/api/v2/spaces/{id}',
      'GET /wiki/api/v2/spaces/{id}/operations',
      'GET /wiki/api/v2/spaces/{id}/permissions',
    ],
  },
  {
    anyOf: ['write:space:confluence'],
    operations: ['POST /wiki/api/v2/spaces'],
  },
  {
    anyOf: ['read:user:confluence'],
    operations: ['POST /wiki/api/v2/users-bulk'],
  },
  {
    anyOf: ['read:confluence-groups', 'read:group:confluence'],
    operations: ['GET /wiki/rest/api/group', 'GET /wiki/rest/api/group/by-id', 'GET /wiki/rest/api/group/picker'],
  },
  {
    anyOf: ['write:confluence-groups', 'read:group:confluence write:group:confluence'],
    operations: ['POST /wiki/rest/api/group'],
  },
  {
    anyOf: ['write:confluence-groups', 'write:group:confluence'],
    operations: [
      'DELETE /wiki/rest/api/group/by-id',
      'POST /wiki/rest/api/group/userByGroupId',
      'DELETE /wiki/rest/api/group/userByGroupId',
    ],
  },
  {
    anyOf: ['read:confluence-groups', 'read:group:confluence read:user:confluence'],
    operations: ['GET /wiki/rest/api/group/{groupId}/membersByGroupId'],
  },
  {
    anyOf: ['read:content.metadata:confluence'],
    operations: ['GET /wiki/rest/api/longtask'],
  },
  {
    anyOf: ['read:confluence-space.summary', 'read:content.metadata:confluence'],
    operations: ['GET /wiki/rest/api/longtask/{id}'],
  },
  {
    anyOf: ['read:space.permission:confluence write:space.permission:confluence'],
    operations: [
      'POST /wiki/rest/api/space/{spaceKey}/permission',
      'POST /wiki/rest/api/space/{spaceKey}/permission/custom-content',
    ],
  },
  {
    anyOf: ['write:space.permission:confluence'],
    operations: [
      'POST /wiki/api/v2/spaces/{id}/role-assignments',
      'DELETE /wiki/rest/api/space/{spaceKey}/permission/{id}',
    ],
  },
  {
    anyOf: ['read:confluence-user', 'read:content-details:confluence'],
    operations: ['GET /wiki/rest/api/user', 'GET /wiki/rest/api/user/bulk', 'GET /wiki/rest/api/user/current'],
  },
  {
    anyOf: ['read:confluence-user', 'read:user:confluence'],
    operations: ['GET /wiki/rest/api/user/anonymous'],
  },
  {
    anyOf: ['read:confluence-user', 'read:group:confluence read:user:confluence'],
    operations: ['GET /wiki/rest/api/user/memberof'],
  },
]

const listsByOperation: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  scoped.flatMap(({ anyOf, operations }) => {
    const lists = anyOf.map((list) => list.split(' '))
    return operations.map((operation) => [operation, lists] as const)
  }),
)

/** `GET /rest/api/3/myself` and so on. */
export const scopedOperations: readonly string[] = [...listsByOperation.keys()]

/** Lists of scopes of which one must be whole in the token; undefined where the operation's scopes are not known. */
export function scopeListsOf(method: string, path: string): readonly (readonly string[])[] | undefined {
  return listsByOperation.get(`${method} ${path}`)
}

/** Whether a token with these scopes may call the operation. `undefined`: a token that no scope limits. */
export function isInScope(
  { method, path }: { readonly method: string; readonly path: string },
  scopes: readonly string[] | undefined,
): boolean {
  const lists = scopeListsOf(method, path)
  if (scopes === undefined || lists === undefined) return true
  return lists.some((list) => list.every((scope) => scopes.includes(scope)))
}
