import { describe, expect, test } from 'vitest'
import { namesInSight } from './references.ts'
import type { Manifest } from './manifest.ts'

const named = (namespace: string | undefined, name = 'ana') => {
  const origin = { file: `${namespace ?? ''}/${name}` }
  const place = namespace === undefined ? {} : { namespace }
  const manifest: Manifest = { apiVersion: '', kind: 'Person', name, ...place, spec: {}, origin, locate: () => origin }
  return { manifest }
}

type Row = {
  readonly all: readonly ReturnType<typeof named>[]
  readonly home?: string
  readonly from: string | undefined
  readonly meant: string | undefined
}

const table: Readonly<Record<string, Row>> = {
  'a name means what is in the same namespace': {
    all: [named('pay'), named('platform')],
    home: 'platform',
    from: 'pay',
    meant: 'pay/ana',
  },
  'else what the organization has called so': {
    all: [named('platform')],
    home: 'platform',
    from: 'pay',
    meant: 'platform/ana',
  },
  'never what another team has called so': { all: [named('evil')], home: 'platform', from: 'pay', meant: undefined },
  'a team cannot take over a name of the organization': {
    all: [named('evil'), named('platform')],
    home: 'platform',
    from: 'platform',
    meant: 'platform/ana',
  },
  'in files without namespaces everybody means the same': { all: [named(undefined)], from: undefined, meant: '/ana' },
  'names of files without a namespace may be used in one': { all: [named(undefined)], from: 'pay', meant: '/ana' },
}

describe('names in sight:', () => {
  test.each(Object.entries(table))('%s', (_, { all, home, from, meant }) => {
    const found = namesInSight(all, home)(from === undefined ? {} : { namespace: from }).get('ana')
    expect(found?.manifest.origin.file).toBe(meant)
  })
})
