import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInCluster, startControlPlane, type ControlPlane } from './control-plane.builder.ts'

interface Shown {
  readonly spec: object
  /** As `kubectl get -o wide` prints them, between NAME and READY. */
  readonly columns: Readonly<Record<string, string>>
  /** Field selectors that find the object, each with a value that finds nothing. */
  readonly fields: readonly string[]
}

const organizationRef = { name: 'acme' }
const env = { valueFrom: { env: 'KEY' } }

const kinds: Record<string, Shown> = {
  AtlassianOrganization: {
    spec: { organizationId: 'o-1', interval: '10m', credentials: { organization: env } },
    columns: { Organization: 'o-1', Provisioning: 'Invite', Interval: '10m' },
    fields: ['spec.organizationId=o-1'],
  },
  AtlassianUser: {
    spec: { organizationRef, email: 'ana@acme.com', state: 'Suspended' },
    columns: { Email: 'ana@acme.com', State: 'Suspended' },
    fields: ['spec.email=ana@acme.com', 'spec.state=Suspended', 'spec.organizationRef.name=acme'],
  },
  AtlassianGroup: {
    spec: { organizationRef, name: 'devs', deletionPolicy: 'Delete' },
    columns: { Group: 'devs', Deletion: 'Delete' },
    fields: ['spec.name=devs', 'spec.organizationRef.name=acme'],
  },
  AtlassianGroupMembership: {
    spec: { organizationRef, group: 'devs', authority: 'Additive' },
    columns: { Group: 'devs', Authority: 'Additive' },
    fields: ['spec.group=devs', 'spec.authority=Additive', 'spec.organizationRef.name=acme'],
  },
  JiraRoleBinding: {
    spec: { organizationRef, site: 'main', projects: { keys: ['PAY', 'HR'] }, role: 'Viewers', authority: 'Observe' },
    columns: { Site: 'main', Role: 'Viewers', Authority: 'Observe', Projects: '["PAY","HR"]' },
    fields: ['spec.site=main', 'spec.role=Viewers', 'spec.authority=Observe', 'spec.organizationRef.name=acme'],
  },
  ConfluenceSpaceGrant: {
    spec: { organizationRef, site: 'main', spaces: { keys: ['FIN'] }, level: 'Viewer', authority: 'Additive' },
    columns: { Site: 'main', Level: 'Viewer', Authority: 'Additive', Role: '', Spaces: '["FIN"]' },
    fields: ['spec.site=main', 'spec.level=Viewer', 'spec.authority=Additive', 'spec.organizationRef.name=acme'],
  },
}

const roleGrant = { ...kinds['ConfluenceSpaceGrant']!.spec, level: undefined, role: 'Collaborator' }

interface Definition {
  readonly spec: {
    readonly names: { readonly kind: string; readonly shortNames: readonly string[] }
    readonly versions: readonly {
      readonly selectableFields: readonly { readonly jsonPath: string }[]
      readonly additionalPrinterColumns: readonly { readonly name: string }[]
    }[]
  }
}

const crds = join(import.meta.dirname, '../../crds')
const definitions = readdirSync(crds).map((name) => parse(readFileSync(join(crds, name), 'utf8')) as Definition)

describeInCluster('what kubectl shows of', () => {
  let plane: ControlPlane
  beforeAll(async () => {
    plane = await startControlPlane()
    await must('apply', '--server-side', '-f', crds)
    await must('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s')
    for (const [kind, { spec }] of Object.entries(kinds)) await create(kind, 'shown', spec)
    await create('ConfluenceSpaceGrant', 'by-role', roleGrant)
  })
  afterAll(() => plane.close())

  const must = async (...argv: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await plane.kubectl(argv)
    if (code !== 0) throw new Error(`kubectl ${argv.join(' ')}: ${stderr}`)
    return stdout
  }
  async function create(kind: string, name: string, spec: object): Promise<void> {
    const object = { apiVersion: 'roster.dev/v1alpha1', kind, metadata: { name } }
    const path = `/apis/roster.dev/v1alpha1/namespaces/default/${kind.toLowerCase()}s`
    const made = await plane.call('POST', path, { ...object, spec })
    if (made.status !== 201) throw new Error(`${kind} was refused: ${JSON.stringify(made.body)}`)
    const condition = { type: 'Ready', status: 'True', reason: 'Applied', message: 'all is as declared' }
    const status = {
      observedGeneration: 1,
      conditions: [{ ...condition, observedGeneration: 1, lastTransitionTime: '2026-11-25T12:00:00Z' }],
    }
    const query = 'fieldManager=test'
    await plane.call('PATCH', `${path}/${name}/status?${query}`, { ...object, status }, 'application/apply-patch+yaml')
  }

  test('no kind has a column or a selectable field that is not tried here', () => {
    const declared = Object.fromEntries(
      definitions.map(({ spec: { names, versions } }) => [
        names.kind,
        {
          columns: versions.flatMap((each) => each.additionalPrinterColumns.map(({ name }) => name)),
          fields: versions.flatMap((each) => each.selectableFields.map(({ jsonPath }) => jsonPath.slice(1))),
        },
      ]),
    )
    const tried = Object.fromEntries(
      Object.entries(kinds).map(([kind, { columns, fields }]) => [
        kind,
        {
          columns: [...Object.keys(columns), 'Ready', 'Status', 'Age'],
          fields: fields.map((field) => field.split('=')[0]!),
        },
      ]),
    )
    tried['ConfluenceSpaceGrant']!.fields.splice(2, 0, 'spec.role')
    expect(tried).toEqual(declared)
  })

  test.each(Object.entries(kinds))('%s: its columns, and health at the end', async (kind, { columns }) => {
    const [{ shortNames } = { shortNames: [] }] = definitions
      .map(({ spec }) => spec.names)
      .filter((n) => n.kind === kind)
    const [head = '', row = ''] = (await must('get', shortNames[0]!, 'shown', '-o', 'wide')).split('\n')
    const starts = [...head.matchAll(/\S+/g)].map(({ index }) => index)
    const cells = starts.map((start, index) => [
      head.slice(start, starts[index + 1]).trim(),
      row.slice(start, starts[index + 1]).trim(),
    ])
    const expected = Object.entries(columns).map(([name, value]) => [name.toUpperCase(), value])
    const health = [
      ['READY', 'True'],
      ['STATUS', 'all is as declared'],
      ['AGE', expect.stringMatching(/^\d+s$/)],
    ]
    expect(cells).toEqual([['NAME', 'shown'], ...expected, ...health])
  })

  const selectors = Object.entries(kinds).flatMap(([kind, { fields }]) => fields.map((field) => ({ kind, field })))

  test.each(selectors)('$kind: only those with $field', async ({ kind, field }) => {
    const found = (selector: string) => must('get', kind, '-o', 'name', '--field-selector', selector)
    expect(await found(field)).toContain(`${kind.toLowerCase()}.roster.dev/shown`)
    expect(await found(`${field.split('=')[0]}=other`)).toBe('')
  })

  test('ConfluenceSpaceGrant: only those of one role', async () => {
    const found = await must('get', 'ConfluenceSpaceGrant', '-o', 'name', '--field-selector', 'spec.role=Collaborator')
    expect(found).toBe('confluencespacegrant.roster.dev/by-role\n')
  })

  test('all kinds together, by their category', async () => {
    const names = (await must('get', 'roster', '-o', 'name')).trim().split('\n')
    const expected = Object.keys(kinds).map((kind) => `${kind.toLowerCase()}.roster.dev/shown`)
    expect(names.filter((name) => name.endsWith('/shown')).toSorted()).toEqual(expected.toSorted())
  })
})
