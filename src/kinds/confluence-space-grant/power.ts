import type { Touch } from '../../core/touch.ts'
import { permissionsOfLevel, roleOfLevel, type Level } from './permissions.ts'
import type { ConfluenceSpaceGrantSpec } from './schema.ts'

const levels: readonly Level[] = ['Viewer', 'Contributor', 'Manager']

/**
 * How much a grant gives, as the least level that has it all. A role or a permission that no level has might give anything,
 * so it counts for more than every level.
 */
export function powerOf({
  level,
  role,
  permissions,
}: Pick<ConfluenceSpaceGrantSpec, 'level' | 'role' | 'permissions'>): readonly Touch[] {
  if (level !== undefined) return [{ what: 'level', name: level, path: ['spec', 'level'] }]
  if (role !== undefined) {
    const least = levels.find((each) => roleOfLevel[each] === role)
    return [
      { what: 'role', name: role, path: ['spec', 'role'] },
      { what: 'level', name: least ?? role, path: ['spec', 'role'] },
    ]
  }
  const least = levels.find((each) => permissions?.every((permission) => permissionsOfLevel[each].includes(permission)))
  return [{ what: 'level', name: least ?? 'more than Manager', path: ['spec', 'permissions'] }]
}
