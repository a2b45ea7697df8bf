import type { Rendered } from './chart.builder.ts'

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

/** One verb on one resource, as a role of the chart gives it. In several namespaces it is still one. */
export interface Grant {
  /** `ClusterRole atlassian-roster` */
  readonly role: string
  readonly group: string
  /** `leases`, `atlassianusers/status` */
  readonly resource: string
  readonly verb: string
}

/** What is bound to the account of the controller: the roles for people are not. */
const isBound = ({ kind, metadata }: Rendered, all: readonly Rendered[]): boolean =>
  /^(Cluster)?Role$/.test(kind) && all.some((each) => each.kind === `${kind}Binding` && roleRef(each) === metadata.name)

const roleRef = ({ roleRef: ref }: Rendered): string => (ref as { readonly name: string }).name
const roleOf = ({ kind, metadata }: Rendered): string => `${kind} ${metadata.name}`
const rulesOf = ({ rules }: Rendered): readonly Rule[] => rules as readonly Rule[]

/** Every right of the controller. */
export function grantsIn(rendered: readonly Rendered[]): readonly Grant[] {
  const grants = rendered
    .filter((each) => isBound(each, rendered))
    .flatMap((role) =>
      rulesOf(role).flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) => verbs.map((verb) => ({ role: roleOf(role), group, resource, verb }))),
        ),
      ),
    )
  return [...new Map(grants.map((grant) => [JSON.stringify(grant), grant])).values()]
}

/** The same objects, where the roles do not give this right. */
export function without(rendered: readonly Rendered[], { role, group, resource, verb }: Grant): readonly Rendered[] {
  const cut = (rule: Rule): readonly Rule[] => {
    if (!rule.apiGroups.includes(group) || !rule.resources.includes(resource)) return [rule]
    const others = rule.resources.filter((each) => each !== resource)
    const verbs = rule.verbs.filter((each) => each !== verb)
    return [
      { ...rule, resources: others },
      { ...rule, resources: [resource], verbs },
    ].filter((each) => each.resources.length > 0 && each.verbs.length > 0)
  }
  return rendered.map((each) => (roleOf(each) === role ? { ...each, rules: rulesOf(each).flatMap(cut) } : each))
}
