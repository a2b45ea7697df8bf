import { expect, test } from 'vitest'
import { grantsIn } from './import-grants.builder.ts'
import { emptyPlan, openImport } from './import.builder.ts'
import { worlds } from './import-worlds.builder.ts'

const coverage = (text: string, when: string) => new RegExp(`^Coverage ${when}: (.*)$`, 'm').exec(text)?.[1]

const cases = Object.entries(worlds).flatMap(([name, world]) =>
  [
    ['--by', 'team'],
    ['--by', 'project'],
    ['--by', 'space'],
    ['--by', 'kind', '--only', 'accounts,groups,memberships,roles,spaces'],
  ].map((flags) => [`of ${name} with ${flags.join(' ')}`, world, flags] as const),
)

test.each(cases)(
  'after an import %s the plan is empty, and a second import writes nothing',
  async (_, world, flags) => {
    const estate = await openImport({ world: world() })
    const first = await estate.import('--no-check', ...flags)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(await estate.plan()).toMatchObject(emptyPlan)
    const files = estate.files()
    expect(Object.keys(files).length).toBeGreaterThan(2)
    // counted here from the files, and there from what was read
    const declared = grantsIn(Object.values(files)).size
    expect(first.stdout).toMatch(/^Coverage before: 0% of [\d,]+ grants declared \(0\)\.$/m)
    expect(first.stdout).toMatch(
      new RegExp(`^Coverage after: \\d+% of [\\d,]+ grants declared \\(${declared}\\)\\.$`, 'm'),
    )
    const second = await estate.import('--no-check', ...flags)
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('Wrote nothing') as string })
    expect(coverage(second.stdout, 'before')).toBe(coverage(first.stdout, 'after'))
    expect(estate.files()).toEqual(files)
    expect(estate.sandbox.journal.writes()).toEqual([])
    await estate.close()
  },
  60_000,
)
