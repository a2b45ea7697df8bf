import type { Touch } from '../core/touch.ts'
import type { Subject } from '../core/subject.ts'

/** Keys that a spec lists: without them the rest of the manifest stands. */
export const placesOf = (
  what: 'project' | 'space',
  keys: readonly string[] | undefined,
  path: readonly (string | number)[],
): readonly Touch[] => (keys ?? []).map((name, index) => ({ what, name, path: [...path, index], part: 'place' }))

/** Groups that are granted something. People need no delegation to be named: what they are given does. */
export const namedGroups = (subjects: readonly Subject[]): readonly Touch[] =>
  subjects.flatMap(({ group }, index) =>
    group === undefined ? [] : [{ what: 'group', name: group, path: ['spec', 'subjects', index], part: 'entry' }],
  )
