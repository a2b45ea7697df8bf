import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cases } from './cases.ts'
import type { Measured } from './measured.ts'

interface Row extends Measured {
  readonly name: string
  /** 1 where nothing is called and nothing need be. */
  readonly ratio: number
  readonly peakRssMb: number
}

/** Each case runs in a process of its own, so that its peak memory is its own. */
async function main(argv: readonly string[]): Promise<void> {
  const [flag, name] = argv
  if (flag === '--case') return void process.stdout.write(JSON.stringify(await measure(name!)))
  const rows: Row[] = []
  for (const each of Object.keys(cases)) {
    if (flag !== '--json') process.stderr.write(`${each} …\n`)
    const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, '--case', each])
    rows.push(JSON.parse(stdout) as Row)
  }
  process.stdout.write(flag === '--json' ? `${JSON.stringify({ cases: rows }, null, 2)}\n` : table(rows))
}

async function measure(name: string): Promise<Row> {
  const measured = await cases[name]!()
  const { calls, lowerBound } = measured
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024)
  const ratio = lowerBound === 0 ? (calls === 0 ? 1 : Infinity) : calls / lowerBound
  return { name, ...measured, ratio, wallMs: Math.round(measured.wallMs), peakRssMb }
}

function table(rows: readonly Row[]): string {
  const head = ['case', 'calls', 'lower bound', 'ratio', 'wall ms', 'peak RSS MB', 'of']
  const lines = rows.map((row) => [
    row.name,
    String(row.calls),
    String(row.lowerBound),
    row.ratio.toFixed(2),
    String(row.wallMs),
    String(row.peakRssMb),
    row.note,
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]!.length)))
  const render = (line: readonly string[]) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()
  return `${[head, ...lines].map(render).join('\n')}\n`
}

await main(process.argv.slice(2))
