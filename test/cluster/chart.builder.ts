import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { findTools } from './programs.builder.ts'

/** What helm makes of the chart, as far as tests look at it. */
export interface Rendered {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

export const chart = join(import.meta.dirname, '../../charts/roster')

/** Helm of the tests; undefined, with a loud line, where this machine cannot run it. */
export async function findHelm(): Promise<string | undefined> {
  try {
    const { helm } = await findTools(tell)
    const { code } = await runHelm(helm, ['version'])
    if (code === 0) return helm
    tell(`SKIPPED: the tests of the chart need helm, and ${helm} does not run here`)
  } catch (error) {
    tell(`SKIPPED: the tests of the chart need helm, which could not be unpacked: ${String(error)}`)
  }
  return undefined
}

const tell = (text: string): void => void process.stderr.write(`\n${text}\n`)

export function runHelm(
  helm: string,
  argv: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; stdout: string; stderr: string }>()
  execFile(helm, argv, { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) =>
    resolve({ code: error ? 1 : 0, stdout, stderr }),
  )
  return promise
}

/**
 * @param sets `a.b=1`, as JSON values of `--set-json`
 * @param namespace of the release
 */
export async function template(
  helm: string,
  sets: readonly string[] = [],
  namespace = 'atlassian',
): Promise<readonly Rendered[]> {
  const flags = sets.flatMap((set) => ['--set-json', set])
  const { code, stdout, stderr } = await runHelm(helm, ['template', 'roster', chart, '-n', namespace, ...flags])
  if (code !== 0) throw new Error(stderr)
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null)
}
