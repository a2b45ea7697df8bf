import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlPlane } from './control-plane.builder.ts'

/** `verb resource.group in namespace`; the namespace of what has none is `*`. */
export type Right = string

interface Question {
  readonly verb: string
  readonly group: string
  /** `roles`, `atlassianusers/status`, or of one object `leases roster-strays` */
  readonly resource: string
  /** Empty: in all of them, or of what has none. */
  readonly namespace: string
}

const kinds = [
  'atlassianorganizations',
  'atlassianusers',
  'atlassiangroups',
  'atlassiangroupmemberships',
  'jirarolebindings',
  'confluencespacegrants',
]
const statuses = kinds.map((kind) => `${kind}/status`)

/** Enough that a right too much shows, whatever it is. */
const resources: Readonly<Record<string, readonly string[]>> = {
  'roster.dev': [...kinds, ...statuses, ...kinds.map((kind) => `${kind}/finalizers`), '*'],
  '': [
    'secrets',
    'configmaps',
    'namespaces',
    'events',
    'pods',
    'pods/exec',
    'serviceaccounts',
    'serviceaccounts/token',
  ],
  'events.k8s.io': ['events'],
  'coordination.k8s.io': ['leases', 'leases roster-strays'],
  apps: ['deployments', 'deployments/scale'],
  'apiextensions.k8s.io': ['customresourcedefinitions'],
  'rbac.authorization.k8s.io': ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
  '*': ['*'],
}
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'bind', 'escalate']

/** Every verb on every resource, in these namespaces and in all of them. */
export const matrix = (namespaces: readonly string[]): readonly Question[] =>
  ['', ...namespaces].flatMap((namespace) =>
    Object.entries(resources).flatMap(([group, names]) =>
      names.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource, namespace }))),
    ),
  )

/** What a service account may do of all this, as the API server says. In order. */
export async function allowedTo(
  { call }: ControlPlane,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  questions: readonly Question[],
): Promise<readonly Right[]> {
  const user = `system:serviceaccount:${namespace}:${name}`
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  const asked = questions.map(async ({ resource: path, ...question }) => {
    const [resource, subresource, name] = /^([^/ ]+)(?:\/(\S+))?(?: (\S+))?$/.exec(path)?.slice(1) ?? []
    const spec = { user, groups, resourceAttributes: { ...question, resource, subresource, name } }
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec }
    const { body } = await call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review)
    const { allowed } = body['status'] as { readonly allowed: boolean }
    return allowed ? [right({ ...question, resource: path })] : []
  })
  return (await Promise.all(asked)).flat().toSorted()
}

const right = ({ verb, group, resource, namespace }: Question): Right =>
  `${verb} ${resource}${group && `.${group}`} in ${namespace || '*'}`

interface Installed {
  /** Namespace. */
  readonly release: string
  readonly organizations: readonly string[]
  readonly watched: readonly string[] | 'all'
  /** Namespaces that are asked about. */
  readonly asked: readonly string[]
}

/** The words of docs/install.md. */
const spoken: Readonly<Record<string, readonly [group: string, resources: readonly string[]]>> = {
  'the six kinds': ['roster.dev', kinds],
  'their status': ['roster.dev', statuses],
  'events (events.k8s.io)': ['events.k8s.io', ['events']],
  namespaces: ['', ['namespaces']],
  Secrets: ['', ['secrets']],
  Leases: ['coordination.k8s.io', ['leases', 'leases roster-strays']],
  'the Lease `roster-strays`': ['coordination.k8s.io', ['leases roster-strays']],
  ConfigMaps: ['', ['configmaps']],
}

/** The rights that the table in docs/install.md names, for namespaces as they are set up. */
export function rightsInDocumentation({ release, organizations, watched, asked }: Installed): readonly Right[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/install.md'), 'utf8')
  const [, section = ''] = /## What it may do\n([\s\S]*?)\n##/.exec(page) ?? []
  const rows = [...section.matchAll(/^\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].slice(2)
  // in all namespaces is also in each one that is asked about
  const everywhere = ['*', ...asked]
  const places: Readonly<Record<string, readonly string[]>> = {
    'watched namespaces': watched === 'all' ? everywhere : watched,
    'the cluster, without `watchNamespaces`': watched === 'all' ? everywhere : [],
    'namespaces with organizations': organizations,
    'the namespace of the release': [release],
  }
  const rights = rows.flatMap(([, where = '', what = '', verbsOfRow = '']) => {
    const [group, names] = spoken[what]!
    return (places[where] ?? []).flatMap((namespace) =>
      names.flatMap((resource) =>
        verbsOfRow.split(', ').map((verb) => right({ verb, group, resource, namespace: namespace.replace('*', '') })),
      ),
    )
  })
  return [...new Set(rights)].toSorted()
}
