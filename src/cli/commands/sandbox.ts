import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ExitCode } from '../../report/exit-code.ts'
import { count } from '../../report/terminal-text.ts'
import type { Context } from '../context.ts'
import { examplesDirectory } from '../declaration.ts'
import { readSandboxFlags, type SandboxFlags } from '../sandbox-flags.ts'
import { noSandbox, openSandbox, type Sandbox } from '../sandbox-server.ts'

export interface SandboxOptions extends SandboxFlags {
  /** A YAML world. Default: the example company. */
  readonly seed?: string
  readonly journal?: string
}

/** An Atlassian Cloud on this machine, until it is interrupted. */
export async function sandbox(options: SandboxOptions, context: Context): Promise<ExitCode> {
  const { io, print, note } = context
  const absence = noSandbox()
  const read = absence === undefined ? readSandboxFlags(options) : { problem: absence }
  if ('problem' in read) {
    note(read.problem)
    return 1
  }
  const seedFile =
    options.seed === undefined ? join(examplesDirectory, 'acme/world.yaml') : resolve(io.cwd, options.seed)
  const seed = await readFile(seedFile, 'utf8')
  const running = await openSandbox({ seed, ...read.setup })
  try {
    const authority = await writeAuthority(running, resolve(io.cwd, options.ca ?? 'roster-sandbox-ca.pem'))
    const journal = options.journal === undefined ? undefined : resolve(io.cwd, options.journal)
    if (journal !== undefined) await writeFile(journal, '')
    print([introduction(running, options), ...elsewhere(running, authority), '', 'Ctrl-C ends it.'].join('\n'))
    await ended(running, { journal, context })
  } finally {
    // an open port would keep the process, also where a file cannot be written
    await running.close()
  }
  note(`The sandbox answered ${count(running.journal.entries.length, 'request')}.`)
  return 0
}

/** The file, where there is an authority. Its key is nowhere but in the process. */
async function writeAuthority({ authority }: Sandbox, file: string): Promise<string | undefined> {
  if (authority === undefined) return undefined
  await writeFile(file, authority)
  return file
}

/** How clients that are not Roster get there. */
function elsewhere({ httpsUrl, proxyUrl, world }: Sandbox, authority = ''): readonly string[] {
  if (httpsUrl === undefined) return []
  const lines = ['', `With https it listens at ${httpsUrl}; clients must trust ${authority}.`]
  if (proxyUrl === undefined) return [...lines, `  curl --cacert ${authority} ${httpsUrl}/_edge/tenant_info`]
  return [
    ...lines,
    `The proxy ${proxyUrl} leads Atlassian's host names here, and no other anywhere:`,
    `  curl --proxy ${proxyUrl} --cacert ${authority} https://${world.state.sites[0]?.name}.atlassian.net/_edge/tenant_info`,
  ]
}

function introduction({ url }: Sandbox, { seed }: SandboxOptions): string {
  const access = seed === undefined ? join(examplesDirectory, 'acme/access') : '<your manifests>'
  return [
    `The sandbox listens at ${url}.`,
    '',
    'Point Roster at it from another terminal:',
    `  roster plan ${access} --sandbox ${url} --state /tmp/roster-sandbox-state`,
    'What it was asked, what its world looks like now:',
    `  curl ${url}/_sandbox/journal`,
    `  curl ${url}/_sandbox/world`,
  ].join('\n')
}

interface Running {
  readonly journal: string | undefined
  readonly context: Context
}

/** Until Ctrl-C. The journal is written along the way, so that a crash leaves what there was. */
async function ended({ journal: { entries } }: Sandbox, { journal, context: { io } }: Running): Promise<void> {
  let written = 0
  const write = async (): Promise<void> => {
    const fresh = entries.slice(written)
    written += fresh.length
    if (journal !== undefined && fresh.length > 0)
      await appendFile(journal, fresh.map((each) => `${JSON.stringify(each)}\n`).join(''))
  }
  while (!io.signal.aborted) {
    await io.clock.sleep(500, io.signal).catch((error: unknown) => {
      if (!io.signal.aborted) throw error
    })
    // somebody may have cleared it over HTTP
    written = Math.min(written, entries.length)
    await write()
  }
}
