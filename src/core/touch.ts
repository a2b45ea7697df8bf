/** Something that a manifest names or touches, and that must be delegated to it where it is not the organization's own. */
export interface Touch {
  /** `rule`: what no delegation gives, such as to make an organization admin. */
  readonly what: 'group' | 'project' | 'space' | 'account' | 'role' | 'level' | 'rule'
  readonly name: string
  readonly path: readonly (string | number)[]
  /** What else would be refused with it. `entry`: the entry of this path. `place`: the scopes there. Default: all of it. */
  readonly part?: 'entry' | 'place'
}

export type Touched = Pick<Touch, 'what' | 'name'>
