import type { SandboxSetup } from './sandbox-server.ts'

export interface SandboxFlags {
  readonly port: string
  readonly host: string
  readonly httpsPort?: string
  readonly proxyPort?: string
  /** File for the certificate of the authority. Default: `roster-sandbox-ca.pem`, where one is needed. */
  readonly ca?: string
  readonly randomSeed: string
  readonly chaos?: string
  readonly consistencyDelay?: string
  readonly limits?: string
}

type Weather = Omit<SandboxSetup, 'seed'>
type Read = { readonly setup: Weather } | { readonly problem: string }

interface Flag {
  readonly flag: string
  readonly isRight: (text: string) => boolean
  readonly wanted: string
}

const number = /^\d+(\.\d+)?$/
const port = {
  isRight: (text: string) => /^\d+$/.test(text) && Number(text) <= 65_535,
  wanted: 'not a port: 0 takes a free one, up to 65535',
}
const flags: Readonly<Record<'port' | 'httpsPort' | 'proxyPort' | 'randomSeed' | 'chaos' | 'consistencyDelay', Flag>> =
  {
    port: { flag: '--port', ...port },
    httpsPort: { flag: '--https-port', ...port },
    proxyPort: { flag: '--proxy-port', ...port },
    randomSeed: { flag: '--random-seed', isRight: (text) => /^\d{1,9}$/.test(text), wanted: 'not a whole number' },
    chaos: {
      flag: '--chaos',
      isRight: (text) => number.test(text) && Number(text) <= 1,
      wanted: 'not a share: from 0 to 1, such as 0.05',
    },
    consistencyDelay: {
      flag: '--consistency-delay',
      isRight: (text) => /^\d{1,7}$/.test(text),
      wanted: 'not a number of milliseconds',
    },
  }

/** The flags of `roster sandbox` as numbers, or what is wrong with the first that is none. */
export function readSandboxFlags(options: SandboxFlags): Read {
  for (const [name, { flag, isRight, wanted }] of Object.entries(flags)) {
    const text = options[name as keyof typeof flags]
    if (text !== undefined && !isRight(text)) return { problem: `${flag}: "${text}" is ${wanted}` }
  }
  const isSecure = options.httpsPort !== undefined || options.proxyPort !== undefined
  if (options.ca !== undefined && !isSecure) return { problem: '--ca: only with --https-port or --proxy-port' }
  const given = {
    httpsPort: options.httpsPort,
    proxyPort: options.proxyPort,
    chaos: options.chaos,
    consistencyDelayMs: options.consistencyDelay,
  }
  const numbers = Object.entries(given).flatMap(([name, text]) => (text === undefined ? [] : [[name, Number(text)]]))
  const { host, limits } = options
  const setup: Weather = {
    host,
    port: Number(options.port),
    randomSeed: Number(options.randomSeed),
    ...(limits !== undefined && { limits }),
    ...(Object.fromEntries(numbers) as Partial<Record<keyof typeof given, number>>),
  }
  return { setup }
}
