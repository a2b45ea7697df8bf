import type { Diagnostic } from '../core/diagnostic.ts'

/**
 * A rule across fields, once for the API server and once for the command line: `rule` is CEL over `self`, and `holds`
 * judges the same value in code. Tests hold the two together.
 */
export interface Rule<Value> {
  readonly rule: string
  readonly message: string
  readonly holds: (value: Value) => boolean
}

type Path = readonly (string | number)[]

/** Schema options that carry the rules into the CRD. */
export const validations = (rules: readonly Rule<never>[]) => ({
  'x-kubernetes-validations': rules.map(({ rule, message }) => ({ rule, message })),
})

/** One diagnostic for each rule that `value`, which stands at `path` in the manifest, breaks. */
export const broken = <Value>(rules: readonly Rule<Value>[], value: Value, path: Path): readonly Diagnostic[] =>
  rules
    .filter((rule) => !rule.holds(value))
    .map(({ message }) => ({ code: 'INVALID_SPEC', severity: 'error', message, path }))

/** The same for every item of a list. */
export const brokenItems = <Value>(
  rules: readonly Rule<Value>[],
  values: readonly Value[],
  path: Path,
): readonly Diagnostic[] => values.flatMap((value, index) => broken(rules, value, [...path, index]))

const count = (value: object, fields: readonly string[]): number =>
  fields.filter((field) => (value as Readonly<Record<string, unknown>>)[field] !== undefined).length

const present = (fields: readonly string[]): string =>
  `[${fields.map((field) => `has(self.${escaped(field)})`).join(', ')}].filter(x, x).size()`

/** Field names that are words of CEL, of which there are more than this one, must be escaped (Kubernetes, "CEL in CRDs"). */
const escaped = (field: string): string => (field === 'namespace' ? '__namespace__' : field)

/** Exactly one of the fields is there. */
export const exactlyOne = (...fields: string[]): Rule<object> => ({
  rule: `${present(fields)} == 1`,
  message: `exactly one of ${fields.join(', ')} is needed`,
  holds: (value) => count(value, fields) === 1,
})

/** At most one of the fields is there. */
export const atMostOne = (...fields: string[]): Rule<object> => ({
  rule: `${present(fields)} <= 1`,
  message: `at most one of ${fields.join(', ')} can be given`,
  holds: (value) => count(value, fields) <= 1,
})

/** At least one of the fields is there. */
export const atLeastOne = (...fields: string[]): Rule<object> => ({
  rule: `${present(fields)} >= 1`,
  message: `at least one of ${fields.join(', ')} is needed`,
  holds: (value) => count(value, fields) >= 1,
})
