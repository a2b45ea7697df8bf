import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { GitSettingError } from './git-error.ts'

export interface GitAddress {
  /** What git is given: no credentials, and never an option. */
  readonly url: string
  /** The only protocol that git may use for it, as GIT_ALLOW_PROTOCOL names it. */
  readonly protocol: 'https' | 'http' | 'ssh' | 'file'
  /** For messages and for the state: the same repository has the same name, with or without `.git` or a user's name. */
  readonly name: string
}

/** `git@github.com:acme/access.git`, as every forge shows it. */
const scpForm = /^(?:([A-Za-z0-9_][\w.-]*)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/)([^-].*)$/

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The address of a repository: https, ssh, `user@host:path`, or a directory of this machine. `http` is for this machine
 * alone: who is on the way could declare what they like.
 * @throws GitSettingError
 */
export function parseAddress(text: string, cwd: string): GitAddress {
  if (hasControlCharacter(text) || text.startsWith('-') || text === '')
    throw new GitSettingError(`${JSON.stringify(text)} is no address of a repository`)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return fromUrl(text)
  if (text.includes('::')) throw new GitSettingError('remote helpers (name::address) are not run')
  const scp = isAbsolute(text) ? null : scpForm.exec(text)
  return scp ? fromScp(scp) : fromUrl(pathToFileURL(resolve(cwd, text)).href)
}

function fromScp([, user, host = '', path = '']: RegExpExecArray): GitAddress {
  const url = `${user === undefined ? '' : `${user}@`}${host}:${path}`
  return { url, protocol: 'ssh', name: `ssh://${host.toLowerCase()}/${shortPath(path)}` }
}

/** Line breaks and the like have no place in anything that a command line is made of. */
export const hasControlCharacter = (text: string): boolean => /\p{Cc}/u.test(text)

function fromUrl(text: string): GitAddress {
  if (!URL.canParse(text)) throw new GitSettingError('the address of the repository cannot be read')
  const url = new URL(text)
  const protocol = protocolOf(url)
  const wrong = mistakeIn(url, protocol)
  if (wrong !== undefined) throw new GitSettingError(wrong)
  const name = `${url.protocol}//${url.host}/${shortPath(url.pathname)}`
  return { url: url.href, protocol, name }
}

function protocolOf(url: URL): GitAddress['protocol'] {
  const protocol = url.protocol.slice(0, -1)
  if (protocol === 'https' || protocol === 'ssh' || protocol === 'file') return protocol
  if (protocol !== 'http') throw new GitSettingError(`${protocol}: is no protocol for a repository: use https or ssh`)
  if (loopback.has(url.hostname)) return protocol
  throw new GitSettingError('http is for this machine alone: who is on the way could declare what they like')
}

function mistakeIn(url: URL, protocol: GitAddress['protocol']): string | undefined {
  if (url.password !== '' || (protocol !== 'ssh' && url.username !== ''))
    return 'credentials do not belong into an address: put the token into ROSTER_GIT_TOKEN'
  if (url.search !== '' || url.hash !== '') return 'an address of a repository has no ? and no #'
  const isOption = [url.hostname, url.username, url.pathname.slice(1)].some((part) => part.startsWith('-'))
  return isOption ? 'no part of an address begins with a dash' : undefined
}

const shortPath = (path: string): string => path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '')
