import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { failed, ok, several, skipped, warning, type Check, type Section } from './check.ts'
import type { Patient } from './patient.ts'

const warnAfterMs = 60_000
const failAfterMs = 5 * 60_000

/** What is kept between runs, the clock, and what is left of the limits. */
export async function runSection(patient: Patient): Promise<Section> {
  return {
    title: 'Runs',
    checks: [
      await writableCheck(patient.options.stateDirectory),
      await stateCheck(patient),
      clockCheck(patient),
      ...budgetChecks(patient),
    ],
  }
}

async function writableCheck(directory: string): Promise<Check> {
  const name = 'state-directory'
  const problem = await obstacle(directory)
  if (problem === undefined) return ok(name, `${directory} can be written`)
  return failed(
    name,
    `${directory} cannot be written (${problem})`,
    'give the user access, or choose another one with --state',
  )
}

/** A directory that is not there yet is made in the nearest one that is. */
async function obstacle(directory: string): Promise<string | undefined> {
  try {
    await access(directory, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    return code === 'ENOENT' && dirname(directory) !== directory ? obstacle(dirname(directory)) : code
  }
}

async function stateCheck({ options }: Patient): Promise<Check> {
  const name = 'state'
  const state = await options.loadState()
  if ('problem' in state) return failed(name, state.problem, 'restore the file, or delete it: nothing is removed then')
  if (state.source === undefined) return ok(name, 'no whole declaration was applied yet: the first run removes nothing')
  const lastMs = Math.max(...[...state.ledger.values()].map(({ atMs }) => atMs))
  const when = Number.isFinite(lastMs) ? `, the newest of ${new Date(lastMs).toISOString().slice(0, 16)}Z` : ''
  return ok(name, `the ledger has ${several(state.ledger.size, 'record')}${when}`)
}

/** An answer's date is as old as its way back: the smallest difference counts. Ends of entries go by this clock. */
function clockCheck({ calls, options }: Patient): Check {
  const name = 'clock'
  const nowMs = options.clock.now()
  const differences = calls.flatMap(({ serverMs }) => (serverMs === undefined ? [] : [nowMs - serverMs]))
  if (differences.length === 0) return skipped(name, 'no answer told its date')
  const byMs = differences.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a))
  const seconds = Math.round(Math.abs(byMs) / 1000)
  const message = `this machine is ${several(seconds, 'second')} ${byMs > 0 ? 'ahead of' : 'behind'} Atlassian`
  const remedy = 'let the machine set its clock (NTP): entries end by it'
  if (Math.abs(byMs) > failAfterMs) return failed(name, message, remedy)
  return Math.abs(byMs) > warnAfterMs
    ? warning(name, message, remedy)
    : ok(name, `within ${warnAfterMs / 1000} seconds of Atlassian's`)
}

/** The last word of each credential's headers. */
function budgetChecks({ calls }: Patient): readonly Check[] {
  const name = 'rate-budget'
  const told = calls.filter(({ allowance }) => allowance !== undefined)
  const latest = new Map(told.map((call) => [ownerOf(call.request, call.site), call.allowance!]))
  if (latest.size === 0) return [skipped(name, 'no answer told what is left of a limit')]
  return [...latest].map(([owner, { remaining, resetAtMs, nearLimit }]) => {
    const message = `${owner}: ${remaining} left until ${new Date(resetAtMs).toISOString().slice(11, 16)} UTC`
    return nearLimit
      ? warning(name, message, 'less than a fifth is left: find out who else uses the credential')
      : ok(name, message)
  })
}

function ownerOf(request: string, site: string | undefined): string {
  if (site !== undefined) return `site ${site}`
  return request.includes(' /scim/') ? 'SCIM key' : 'organization key'
}
