import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { defaultRemovalLimits, defaultRunLimits, defaultUpdatePercent } from '../core/policy/limits.ts'
import { guardrails } from './atlassian-organization/guardrails.ts'
import { compile, Strict } from '../core/schema.ts'
import { kinds } from './index.ts'

const kebab = (name: string) => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()

test('every folder is a kind of the registry, and every kind has its folder', async () => {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true })
  const folders = entries.filter((each) => each.isDirectory()).map(({ name }) => name)
  expect(folders.toSorted()).toEqual([...kinds.keys()].map(kebab).toSorted())
})

test('what grants access comes after what it is granted to', () => {
  expect([...kinds.keys()]).toEqual([
    'AtlassianOrganization',
    'AtlassianUser',
    'AtlassianGroup',
    'AtlassianGroupMembership',
    'JiraRoleBinding',
    'ConfluenceSpaceGrant',
  ])
})

test('a mistake in the organization puts every other kind in doubt', () => {
  const [organization, ...others] = kinds.keys()
  expect(kinds.get(organization!)!.touches).toEqual(others)
})

test('the guardrails of the schema are those of the policies', () => {
  expect(compile(Strict({ guardrails }))({})).toEqual({
    spec: {
      guardrails: {
        removals: defaultRemovalLimits,
        run: defaultRunLimits,
        updates: { maxPercent: defaultUpdatePercent },
        protected: { emails: [], accountIds: [], groups: [] },
      },
    },
  })
})
