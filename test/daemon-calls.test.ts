import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { examples } from './command-line.builder.ts'
import { openStage, type Stage } from './daemon.builder.ts'

vi.setConfig({ testTimeout: 180_000 })

let stage: Stage

beforeEach(async () => {
  stage = await openStage(readFileSync(join(examples, 'acme/world.yaml'), 'utf8'))
  cpSync(join(examples, 'acme'), stage.cwd, { recursive: true })
})
afterEach(() => stage.close())

interface Planned {
  readonly organizations: readonly { readonly reads: { readonly announced: number; readonly exact: boolean } }[]
}

/** A change of the organization makes a sweep come at once. */
function askForSweep(minutes: number): void {
  const file = 'access/organization.yaml'
  const text = readFileSync(join(stage.cwd, file), 'utf8').replace(/\n {2}interval: \S+/, '')
  stage.write({ [file]: text.replace(/^spec:/m, `spec:\n  interval: ${minutes}m`) })
}

test('a sweep over the example company where nothing has changed makes no more calls than a plan announces', async () => {
  const daemon = stage.start('access', '--poll', '1h')
  await daemon.says('pass', { reason: 'sweep' })
  // what a first run holds is taken in the next one, and after that nothing is left
  askForSweep(60)
  await daemon.says('pass', { reason: 'sweep' }, daemon.lines.length)
  const before = daemon.lines.length
  stage.sandbox.journal.clear()
  askForSweep(61)
  const { calls, changes } = await daemon.says('pass', { reason: 'sweep' }, before)
  expect({ calls, changes }).toEqual({ calls: stage.sandbox.journal.entries.length, changes: 0 })
  expect(stage.sandbox.journal.writes()).toEqual([])
  const { stdout } = await stage.roster('plan', 'access', '--json')
  const [{ reads }] = (JSON.parse(stdout) as Planned).organizations as [Planned['organizations'][number]]
  expect(calls).toBeGreaterThan(0)
  expect(calls).toBeLessThanOrEqual(reads.announced)
})
