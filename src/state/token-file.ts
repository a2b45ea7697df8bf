import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../core/ports.ts'
import { withLock } from './lock-file.ts'
import { replaceFile } from './replace-file.ts'

/** The file of a credential cannot be used as it is. The message says what to do. */
export class TokenFileError extends Error {
  override readonly name = 'TokenFileError'
  readonly code = 'TOKEN_FILE'
}

export interface TokenFileName {
  readonly directory: string
  readonly organization: string
  readonly site: string
  /** Whose tokens they are, `https://auth.atlassian.com`: a sandbox keeps its own beside the real ones. */
  readonly issuer: string
}

interface TokenFile<Token> {
  load(): Promise<Token | undefined>
  save(token: Token): Promise<void>
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>
}

interface Stored<Token> {
  readonly formatVersion: '1'
  readonly token: Token
}

/**
 * The tokens of one site credential, in a file that only its owner may read. It is replaced as a whole and on the disk
 * before `save` returns.
 */
export function createTokenFile<Token>(
  { directory, organization, site, issuer }: TokenFileName,
  clock: Clock,
): TokenFile<Token> {
  const name = [organization, site, new URL(issuer).host].map(encodeURIComponent).join('.')
  const file = join(directory, `${name}.token.json`)
  return {
    load: () => load<Token>(file),
    save: async (token) => {
      await prepare(directory)
      await replaceFile(file, `${JSON.stringify({ formatVersion: '1', token } satisfies Stored<Token>, null, 1)}\n`)
    },
    exclusively: async (work) => {
      await prepare(directory)
      return withLock(`${file}.lock`, clock, work)
    },
  }
}

async function load<Token>(file: string): Promise<Token | undefined> {
  try {
    const { mode } = await stat(file)
    // Windows has no such bits: every file looks open to all there
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw new TokenFileError(openToOthers(file, mode))
    return parse<Token>(await readFile(file, 'utf8'), file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

const openToOthers = (file: string, mode: number): string =>
  `${file} may be read by others (mode ${(mode & 0o777).toString(8)}): chmod 600 it; if others were on this machine, ` +
  'revoke the consent and run roster login'

function parse<Token>(text: string, file: string): Token {
  try {
    const { formatVersion, token } = JSON.parse(text) as Stored<Token>
    if (formatVersion === '1') return token
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new TokenFileError(`${file} is not a token file of this version: delete it and run roster login`)
}

/** State may stand in a repository: tokens never go into it. */
async function prepare(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  try {
    await writeFile(join(directory, '.gitignore'), '*.token.json*\n', { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
