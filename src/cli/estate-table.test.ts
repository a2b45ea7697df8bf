import { expect, test } from 'vitest'
import type { EstateItems } from './estate-items.ts'
import { estateTable } from './estate-table.ts'

const holder = (name: string) => ({ key: `user:${name}`, title: `${name}@acme.com` })
const items: EstateItems = {
  accounts: [],
  groups: [],
  projects: [
    {
      site: 'acme',
      id: '1',
      key: 'PAY',
      name: 'Payments',
      type: 'software',
      teamManaged: false,
      roles: [
        { id: '10', name: 'Developers', holders: [holder('ana'), holder('bob')] },
        { id: '11', name: 'Testers', holders: [] },
      ],
    },
  ],
  roles: [
    { site: 'acme', id: '10', name: 'Developers', defaultActors: [{ key: 'group:g1', title: 'group devs' }] },
    { site: 'acme', id: '11', name: 'Testers', defaultActors: [] },
  ],
  spaces: [],
  gaps: [],
}

test('the table of roles shows whom a new project gets, beside those who have the role', () => {
  const lines = estateTable(items, ['roles'], 3).split('\n')
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['SITE', 'ROLE', 'OF', 'PLACES', 'HOLDERS', 'DEFAULT ACTORS'],
    ['acme', 'Developers', 'Jira spaces (projects)', '1', '2', 'group devs'],
    ['acme', 'Testers', 'Jira spaces (projects)', '1', '0', '-'],
  ])
})
