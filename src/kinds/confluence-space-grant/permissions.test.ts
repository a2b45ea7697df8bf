import { describe, expect, test } from 'vitest'
import type { ApiRequest } from '../../core/ports.ts'
import { RemoteError } from '../../core/remote-error.ts'
import { nextPermissionStep, permissionsOfLevel, withReadSpace } from './permissions.ts'
import { setPermissions } from './set-permissions.ts'

describe('the next step', () => {
  const table: Record<string, readonly [readonly string[], readonly string[], object | undefined]> = {
    'equal sets need nothing': [['read/space'], ['read/space'], undefined],
    'read/space is added first': [[], ['create/page', 'read/space'], { add: 'read/space' }],
    'surplus goes before anything is added': [
      ['export/space', 'read/space'],
      ['create/page', 'read/space'],
      { remove: 'export/space' },
    ],
    'of the surplus, what produces companions goes first': [
      ['archive/page', 'create/page', 'read/space'],
      ['read/space'],
      { remove: 'create/page' },
    ],
    'what produces companions is added before the rest': [
      ['read/space'],
      ['archive/page', 'create/page', 'read/space'],
      { add: 'create/page' },
    ],
    'read/space goes after all others, whatever the alphabet says': [
      ['read/space', 'restrict_content/space'],
      [],
      { remove: 'restrict_content/space' },
    ],
    'read/space goes last': [['read/space'], [], { remove: 'read/space' }],
    'nothing wanted and nothing there needs nothing': [[], [], undefined],
  }
  test.each(Object.entries(table))('%s', (_, [have, wanted, expected]) => {
    expect(nextPermissionStep(new Set(have), new Set(wanted))).toEqual(expected)
  })
})

test('each level contains the one below, and none administers the space', () => {
  const { Viewer, Contributor, Manager } = permissionsOfLevel
  expect(Contributor).toEqual(expect.arrayContaining([...Viewer]))
  expect(Manager).toEqual(expect.arrayContaining([...Contributor]))
  expect(Manager).not.toContain('administer/space')
})

test('declared permissions are sorted, and read/space comes along', () => {
  expect(withReadSpace(['create/page', 'create/blogpost'])).toEqual(['create/blogpost', 'create/page', 'read/space'])
})

interface Quirks {
  /** Pairs that the server adds on its own when another one is added. */
  readonly companions?: Readonly<Record<string, string>>
  /** Pairs that the server refuses, or drops without a word. */
  readonly refuse?: string
  readonly ignore?: string
}

/** A space whose server behaves as reference section 9.4 says. */
function space(start: readonly string[], { companions = {}, refuse, ignore }: Quirks = {}) {
  const have = new Set(start)
  const writes: string[] = []
  const refused = (): never => {
    throw new RemoteError({ request: 'POST /x', status: 400, effect: 'refused' })
  }
  const rows = () =>
    [...have].map((pair) => {
      const [key, targetType] = pair.split('/')
      return { id: `row ${pair}`, principal: { type: 'group', id: 'g1' }, operation: { key, targetType } }
    })
  const foreign = { id: 'other', principal: { type: 'user', id: 'g1' }, operation: { key: 'x', targetType: 'space' } }
  const add = (pair: string): void => {
    writes.push(`+${pair}`)
    if (pair === refuse || (pair !== 'read/space' && !have.has('read/space'))) refused()
    if (pair !== ignore) have.add(pair)
    const companion = companions[pair]
    if (companion !== undefined) have.add(companion)
  }
  const remove = (pair: string): void => {
    writes.push(`-${pair}`)
    if (!have.delete(pair)) refused()
    if (pair === 'read/space') have.clear()
  }
  const reader = {
    read: async <Body>({ path }: ApiRequest) =>
      (path.endsWith('/permissions') ? { results: [...rows(), foreign], _links: {} } : { key: 'FIN' }) as Body,
  }
  const writer = {
    write: async <Body>({ method, params, body }: ApiRequest) => {
      const { operation } = (body ?? {}) as { readonly operation?: { readonly key: string; readonly target: string } }
      if (method === 'POST' && operation) add(`${operation.key}/${operation.target}`)
      else remove((params?.['id'] ?? '').replace('row ', ''))
      return undefined as Body
    },
  }
  const set = (...wanted: string[]) =>
    setPermissions(
      { reader, writer },
      { site: 'acme', spaceId: '1', spaceKey: 'FIN' },
      { subject: { type: 'group', identifier: 'g1' }, wanted: new Set(wanted) },
    )
  return { have, writes, set }
}

describe('setting the permissions of one holder', () => {
  test('a new holder gets read/space first', async () => {
    const { have, writes, set } = space([])
    await set('create/page', 'read/space', 'export/space')
    expect(writes).toEqual(['+read/space', '+create/page', '+export/space'])
    expect([...have].toSorted()).toEqual(['create/page', 'export/space', 'read/space'])
  })

  test('companions that nobody wants are taken away again', async () => {
    const { have, set } = space(['read/space'], { companions: { 'create/page': 'create/attachment' } })
    await set('create/page', 'read/space')
    expect([...have].toSorted()).toEqual(['create/page', 'read/space'])
  })

  test('a holder that goes loses read/space last', async () => {
    const { have, writes, set } = space(['read/space', 'export/space', 'create/page'])
    await set()
    expect(writes).toEqual(['-create/page', '-export/space', '-read/space'])
    expect(have.size).toBe(0)
  })

  test('a permission that Roster does not know stays, and goes with the right to read the space', async () => {
    const { have, writes, set } = space(['bless/page', 'export/space', 'read/space'])
    await set('read/space')
    expect([...have].toSorted()).toEqual(['bless/page', 'read/space'])
    await set()
    expect(writes).toEqual(['-export/space', '-read/space'])
    expect(have.size).toBe(0)
  })

  test('an equal set writes nothing', async () => {
    const { writes, set } = space(['read/space'])
    await set('read/space')
    expect(writes).toEqual([])
  })

  test('a refusal that the next read confirms is the error', async () => {
    const { writes, set } = space(['read/space'], { refuse: 'export/space' })
    await expect(set('export/space', 'read/space')).rejects.toMatchObject({ failure: { status: 400 } })
    expect(writes).toEqual(['+export/space'])
  })

  test('a server that never shows what it accepted is given up', async () => {
    const { writes, set } = space(['read/space'], { ignore: 'export/space' })
    await expect(set('export/space', 'read/space')).rejects.toMatchObject({ failure: { effect: 'unknown' } })
    expect(writes.length).toBeLessThan(30)
  })
})
