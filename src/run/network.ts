import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Dispatcher } from 'undici'
import { createDispatcher, type DispatcherOptions } from '../atlassian/dispatcher.ts'
import { networkSettings, version } from '../config.ts'
import type { Diagnostic } from '../core/diagnostic.ts'

export interface NetworkOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/** The way out of this machine as the environment describes it, or what is wrong there. Values are never shown. */
export async function openNetwork({
  env,
  cwd,
}: NetworkOptions): Promise<{ readonly dispatcher: Dispatcher } | { readonly diagnostic: Diagnostic }> {
  const { proxies, noProxy, authorityFile } = networkSettings(env)
  const found: { httpsProxy?: string; httpProxy?: string } = {}
  for (const { name, use, value } of proxies) {
    const url = proxyUrl(value)
    if (url === undefined) return { diagnostic: badProxy(name) }
    found[use] = url
  }
  const authorities = authorityFile && (await readAuthorities(authorityFile.value, cwd))
  if (authorities && 'problem' in authorities)
    return { diagnostic: badAuthority(authorityFile.name, authorities.problem) }
  const options: DispatcherOptions = {
    ...found,
    ...(noProxy !== undefined && { noProxy }),
    ...(authorities && { authorities: authorities.certificates }),
    version: version(),
  }
  return { dispatcher: createDispatcher(options) }
}

/** Undefined where it is no address of a proxy. `proxy:8080` means http, as it does for curl. */
function proxyUrl(value: string): string | undefined {
  const text = /^[a-z][\w+.-]*:\/\//i.test(value) ? value : `http://${value}`
  if (!URL.canParse(text)) return undefined
  const { protocol, username, password, href } = new URL(text)
  const isHttp = protocol === 'http:' || protocol === 'https:'
  return isHttp && isPercentEncoded(username) && isPercentEncoded(password) ? href : undefined
}

function isPercentEncoded(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text)
}

const badProxy = (name: string): Diagnostic => ({
  code: 'NETWORK_SETTING',
  severity: 'error',
  message: `the environment variable ${name} is no address of a proxy`,
  hint: 'such as http://proxy.example.com:8080, with special characters of a password percent-encoded',
})

const badAuthority = (name: string, problem: string): Diagnostic => ({
  code: 'NETWORK_SETTING',
  severity: 'error',
  message: `the file that ${name} names ${problem}`,
  hint: 'it holds certificates of authorities in PEM form',
})

type Authorities = { readonly certificates: readonly string[] } | { readonly problem: string }

async function readAuthorities(file: string, cwd: string): Promise<Authorities> {
  let text: string
  try {
    text = await readFile(resolve(cwd, file), 'utf8')
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    return { problem: `cannot be read (${code})` }
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  if (certificates.length === 0) return { problem: 'holds no certificate' }
  return certificates.every(isCertificate) ? { certificates } : { problem: 'holds a certificate that cannot be read' }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).ca
  } catch (error) {
    // OpenSSL's codes are many: ERR_OSSL_PEM_…, ERR_OSSL_ASN1_…
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
