import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DaemonOptions } from '../daemon/run-daemon.ts'
import type { Address } from '../daemon/servers.ts'
import type { LogLevel } from '../report/log.ts'
import type { Io } from './io.ts'

export interface DaemonFlags {
  readonly poll: number
  readonly listen: Address | 'off'
  readonly webhookListen?: Address
  readonly webhookSecretFile?: string
  readonly logLevel: LogLevel
  readonly logFormat?: 'json' | 'text'
}

/** A flag that cannot be used as it is. */
export class FlagError extends Error {
  override readonly name = 'FlagError'
  readonly code = 'FLAG'
}

/** `host:port`, `[::1]:port`, or a port of this machine alone; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const [, six, four, port] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):)?(\d{1,5})$/.exec(text) ?? []
  if (port === undefined || Number(port) > 65_535) return undefined
  return { host: six ?? four ?? '127.0.0.1', port: Number(port) }
}

/** @throws FlagError where the two flags are not given together, or the file holds no secret */
export async function hooksOf(
  { webhookListen, webhookSecretFile }: DaemonFlags,
  io: Pick<Io, 'cwd'>,
): Promise<Pick<DaemonOptions, 'hooks'>> {
  if (webhookListen === undefined && webhookSecretFile === undefined) return {}
  if (webhookListen === undefined || webhookSecretFile === undefined)
    throw new FlagError('--webhook-listen and --webhook-secret-file go together: nobody is believed without a secret')
  const file = resolve(io.cwd, webhookSecretFile)
  const secrets = async (): Promise<readonly string[]> =>
    (await readFile(file, 'utf8')).split('\n').flatMap((line) => line.trim() || [])
  if ((await secrets()).length === 0) throw new FlagError(`${webhookSecretFile} holds no secret`)
  return { hooks: { ...webhookListen, secrets } }
}
