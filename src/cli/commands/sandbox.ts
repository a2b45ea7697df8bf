import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ExitCode } from '../../report/exit-code.ts'
import { count } from '../../report/terminal-text.ts'
import type { Context } from '../context.ts'
import { examplesDirectory } from '../declaration.ts'
import { openSandbox, type Sandbox } from '../sandbox-server.ts'

export interface SandboxOptions {
  readonly port: string
  readonly host: string
  /** A YAML world. Default: the example company. */
  readonly seed?: string
  readonly journal?: string
}

/** An Atlassian Cloud on this machine, until it is interrupted. */
export async function sandbox(options: SandboxOptions, context: Context): Promise<ExitCode> {
  const { io, print, note } = context
  const port = Number(options.port)
  if (!/^\d+$/.test(options.port) || port > 65_535) {
    note(`--port: "${options.port}" is not a port: 0 takes a free one, up to 65535`)
    return 1
  }
  const seedFile =
    options.seed === undefined ? join(examplesDirectory, 'acme/world.yaml') : resolve(io.cwd, options.seed)
  const running = await openSandbox({ seed: await readFile(seedFile, 'utf8'), port, host: options.host })
  const journal = options.journal === undefined ? undefined : resolve(io.cwd, options.journal)
  if (journal !== undefined) await writeFile(journal, '')
  print(introduction(running, options))
  await ended(running, { journal, context })
  await running.close()
  note(`The sandbox answered ${count(running.journal.entries.length, 'request')}.`)
  return 0
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
    '',
    'Ctrl-C ends it.',
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
