import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openAcme, type Acme } from './command-line.builder.ts'

const app = { name: 'Roster', clientId: 'app-id', clientSecret: 'app-secret-1', refreshToken: 'app-refresh-1' }

export interface OAuthAcme extends Acme {
  /** Exchanges at the token endpoint since the last `forgetCalls`. */
  exchanges(): number
  /** Names and texts of the files beside the state, tokens included. */
  stateFiles(): Readonly<Record<string, string>>
  /** The file of the tokens. */
  tokenFile(): string
}

export interface OAuthAcmeOptions {
  readonly grant: 'ClientCredentials' | 'AuthorizationCode'
  /** Of the app's settings; none: all. */
  readonly scopes?: readonly string[]
  /** Whether the manifest points to a refresh token; else `roster login` has to give one. */
  readonly declaresToken?: boolean
  readonly redirectUris?: readonly string[]
}

/** The example company, signed in to by OAuth instead of by an API token. */
export async function openOAuthAcme(options: OAuthAcmeOptions): Promise<OAuthAcme> {
  const { grant, scopes, declaresToken = grant === 'AuthorizationCode', redirectUris } = options
  const acme = await openAcme()
  const world = acme.sandbox.world.export()
  const client = {
    ...app,
    email: 'svc-access@acme.com',
    ...(scopes && { scopes }),
    ...(redirectUris && { redirectUris }),
  }
  acme.sandbox.world.replace({ ...world, credentials: { ...world.credentials, apiTokens: [], oauthClients: [client] } })
  const file = join(acme.access, 'organization.yaml')
  const refresh = declaresToken ? ', refreshToken: { valueFrom: { file: ../keys/refresh-token } }' : ''
  const oauth = `oauth: { grant: ${grant}, clientId: app-id, clientSecret: { valueFrom: { file: ../keys/client-secret } }${refresh} }`
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/apiToken:\n.*\n.*\n/, `${oauth}\n`))
  for (const [name, secret] of [
    ['client-secret', app.clientSecret],
    ['refresh-token', app.refreshToken],
  ] as const)
    writeFileSync(join(acme.access, '../keys', name), secret)
  const state = join(acme.access, '.roster')
  const names = (): string[] => (existsSync(state) ? readdirSync(state) : [])
  return {
    ...acme,
    exchanges: () => acme.sandbox.journal.entries.filter(({ operation }) => operation === 'oauthToken').length,
    stateFiles: () => Object.fromEntries(names().map((name) => [name, readFileSync(join(state, name), 'utf8')])),
    tokenFile: () => join(state, names().find((name) => name.endsWith('.token.json')) ?? 'none'),
  }
}
