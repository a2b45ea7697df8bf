import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../core/ports.ts'
import { exampleWorld } from '../sandbox/example-world.builder.ts'
import { startSandbox, type Sandbox } from '../sandbox/start-sandbox.ts'
import type { KeptToken, TokenStore } from './oauth-kept.ts'
import { createClientSession, createConsentSession, LoginNeededError, type OAuthSession } from './oauth-session.ts'
import { createSecret } from './secret.ts'

const minuteMs = 60_000
// the app of the example world
const client = { clientId: 'robot-id', clientSecret: createSecret('robot-secret') }

let sandbox: Sandbox
let nowMs: number
const clock: Clock = { now: () => nowMs, sleep: async (ms) => void (nowMs += ms) }

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 25)
  sandbox = await startSandbox({ world: exampleWorld(), now: () => nowMs })
})

afterEach(() => sandbox.close())

const endpoint = () => ({ auth: sandbox.url, clock, random: () => 0.5 })
const exchanges = () => sandbox.journal.entries.filter(({ operation }) => operation === 'oauthToken').length

interface MemoryStore extends TokenStore {
  kept: KeptToken | undefined
  /** Runs before each save, which fails where it throws. */
  onSave: () => void
}

function memoryStore(): MemoryStore {
  let last: Promise<unknown> = Promise.resolve()
  const store: MemoryStore = {
    kept: undefined,
    onSave: () => {},
    load: async () => store.kept,
    save: async (token) => {
      store.onSave()
      store.kept = token
    },
    exclusively: (work) => {
      const turn = last.then(work)
      last = turn.catch(() => {})
      return turn
    },
  }
  return store
}

const declared = createSecret('robot-refresh')
const consented = (store: TokenStore, token = declared): OAuthSession =>
  createConsentSession({ site: 'acme', client, store, declared: token }, endpoint())

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no failure',
    (error: unknown) => error,
  )

/** Whether the gateway takes the token. */
async function works(token: { reveal(): string } | undefined): Promise<boolean> {
  const url = `${sandbox.url}/ex/jira/${sandbox.world.site('acme').cloudId}/rest/api/3/myself`
  const { status } = await fetch(url, { headers: { authorization: `Bearer ${token?.reveal() ?? ''}` } })
  return status === 200
}

describe('a consent', () => {
  test('of which many want a token at once is exchanged once', async () => {
    const session = consented(memoryStore())
    const tokens = await Promise.all(Array.from({ length: 20 }, () => session.accessToken()))
    expect(new Set(tokens.map((each) => each.reveal())).size).toBe(1)
    expect(exchanges()).toBe(1)
    expect(await works(tokens[0])).toBe(true)
  })

  test('that two processes use at once is exchanged once: the second finds what the first has stored', async () => {
    const store = memoryStore()
    const tokens = await Promise.all([consented(store).accessToken(), consented(store).accessToken()])
    expect(tokens[0].reveal()).toBe(tokens[1].reveal())
    expect(exchanges()).toBe(1)
  })

  test('is stored before its token is handed out', async () => {
    const store = memoryStore()
    const token = await consented(store).accessToken()
    expect(store.kept).toMatchObject({ accessToken: token.reveal(), refreshToken: expect.stringMatching(/^refresh-/) })
  })

  test('whose new token cannot be stored hands out nothing', async () => {
    const store = memoryStore()
    store.onSave = () => {
      throw new Error('disk full')
    }
    expect(await failure(consented(store).accessToken())).toMatchObject({ message: 'disk full' })
  })

  test('survives a process that dies before it has stored the answer, for ten minutes', async () => {
    const store = memoryStore()
    await consented(store).accessToken()
    nowMs += 60 * minuteMs
    store.onSave = () => {
      throw new Error('killed')
    }
    await failure(consented(store).accessToken())
    store.onSave = () => {}
    nowMs += 10 * minuteMs
    expect(await works(await consented(store).accessToken())).toBe(true)
  })

  test('is lost where that comes later, and then a person has to log in', async () => {
    const store = memoryStore()
    await consented(store).accessToken()
    nowMs += 60 * minuteMs
    store.onSave = () => {
      throw new Error('killed')
    }
    await failure(consented(store).accessToken())
    store.onSave = () => {}
    nowMs += 11 * minuteMs
    const error = await failure(consented(store).accessToken())
    expect(error).toBeInstanceOf(LoginNeededError)
    expect(error).toMatchObject({ site: 'acme', failure: { code: 'invalid_grant', effect: 'refused' } })
    expect(String(error)).toContain('roster login --site acme')
  })

  test('that is refused is not tried again until somebody has logged in', async () => {
    const [store, other] = [memoryStore(), memoryStore()]
    const session = createConsentSession({ site: 'acme', client, store }, endpoint())
    await consented(other).accessToken()
    store.kept = { ...other.kept!, refreshToken: 'withdrawn', accessExpiresMs: 0 }
    await failure(session.accessToken())
    expect(await failure(session.accessToken())).toBeInstanceOf(LoginNeededError)
    expect(exchanges()).toBe(2)
    store.kept = other.kept
    expect(await works(await session.accessToken())).toBe(true)
  })

  test('says nothing of its secrets when it is refused', async () => {
    const error = (await failure(
      consented(memoryStore(), createSecret('robot-lost')).accessToken(),
    )) as LoginNeededError
    const told = JSON.stringify([error.message, error.failure, error.stack])
    expect(told).not.toMatch(/robot-lost|robot-secret/)
  })

  test('without any token asks for a login and sends nothing', async () => {
    const session = createConsentSession({ site: 'acme', client, store: memoryStore() }, endpoint())
    expect(await failure(session.accessToken())).toBeInstanceOf(LoginNeededError)
    expect(exchanges()).toBe(0)
  })

  test('is renewed a minute before the end of the hour and not sooner', async () => {
    const session = consented(memoryStore())
    await session.accessToken()
    nowMs += 59 * minuteMs - 1
    await session.accessToken()
    expect(exchanges()).toBe(1)
    nowMs += 1
    await session.accessToken()
    expect(exchanges()).toBe(2)
  })

  test('of another app in the store is not used', async () => {
    const store = memoryStore()
    await consented(store).accessToken()
    const other = { ...client, clientId: 'other-id' }
    const session = createConsentSession({ site: 'acme', client: other, store }, endpoint())
    expect(await failure(session.accessToken())).toBeInstanceOf(LoginNeededError)
  })

  test('that the manifest points to anew takes the place of the stored one', async () => {
    const store = memoryStore()
    await consented(store).accessToken()
    const next = store.kept!.refreshToken
    store.kept = { ...store.kept!, refreshToken: 'stale', accessExpiresMs: 0 }
    expect(await works(await consented(store, createSecret(next)).accessToken())).toBe(true)
  })
})

describe('a token that was refused', () => {
  test('is replaced by another one', async () => {
    const session = consented(memoryStore())
    const first = await session.accessToken()
    const second = await session.renew(first)
    expect(second?.reveal()).not.toBe(first.reveal())
    expect(await works(second)).toBe(true)
  })

  test('is not exchanged where somebody has renewed it already', async () => {
    const session = consented(memoryStore())
    const first = await session.accessToken()
    const second = await session.renew(first)
    expect((await session.renew(first))?.reveal()).toBe(second?.reveal())
    expect(exchanges()).toBe(2)
  })

  test('is replaced once a minute at most, so that a missing scope does not ask without end', async () => {
    const session = consented(memoryStore())
    const second = await session.renew(await session.accessToken())
    expect(await session.renew(second!)).toBeUndefined()
    nowMs += minuteMs
    expect(await session.renew(second!)).toBeDefined()
  })
})

describe('a client of a service account', () => {
  test('asks anew before each end and keeps nothing', async () => {
    const session = createClientSession(client, endpoint())
    const first = await session.accessToken()
    nowMs += 59 * minuteMs
    const second = await session.accessToken()
    expect(second.reveal()).not.toBe(first.reveal())
    expect(exchanges()).toBe(2)
  })

  test('with a wrong secret is refused by name', async () => {
    const session = createClientSession({ ...client, clientSecret: createSecret('wrong-secret') }, endpoint())
    const error = await failure(session.accessToken())
    expect(error).toMatchObject({ failure: { status: 401, code: 'access_denied' } })
    expect(String(error)).not.toContain('wrong-secret')
  })
})
