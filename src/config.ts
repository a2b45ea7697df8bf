import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** The only place that reads the environment. Everything else is handed what it needs. */
export const environment = (): Environment => process.env

/** Of the package: the same file stands one level up in a clone and in an installed package. */
export function version(): string {
  const file = join(import.meta.dirname, '../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

/** A variable that is set, by the name that it has. */
interface Variable {
  readonly name: string
  readonly value: string
}

export interface NetworkSettings {
  readonly proxies: readonly (Variable & { readonly use: 'httpsProxy' | 'httpProxy' })[]
  readonly noProxy?: string
  /** Trusted beside Node's own authorities, and beside those of NODE_EXTRA_CA_CERTS, which Node reads by itself. */
  readonly authorityFile?: Variable
}

/** Lower case goes first, as it does for curl. An empty value is none. */
export function networkSettings(env: Environment): NetworkSettings {
  const find = (...names: readonly string[]): Variable | undefined => {
    const name = names.find((each) => env[each])
    return name === undefined ? undefined : { name, value: env[name]! }
  }
  const https = find('https_proxy', 'HTTPS_PROXY')
  const http = find('http_proxy', 'HTTP_PROXY')
  const noProxy = find('no_proxy', 'NO_PROXY')
  const authorityFile = find('ROSTER_CA_FILE')
  return {
    proxies: [
      ...(https ? [{ ...https, use: 'httpsProxy' } as const] : []),
      ...(http ? [{ ...http, use: 'httpProxy' } as const] : []),
    ],
    ...(noProxy && { noProxy: noProxy.value }),
    ...(authorityFile && { authorityFile }),
  }
}
