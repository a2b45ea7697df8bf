import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { serveGit, type GitServer } from './git-http.builder.ts'
import { makeHugeRepository, type HugeRepository } from './git-huge.builder.ts'
import { open, removeTemporaries } from './git-repository.builder.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })

/** 10,000 files and a history of 200 MB. */
const size = { files: 10_000, groups: 100, commits: 200, filmBytes: 1_000_000 }
let huge: HugeRepository
let server: GitServer

beforeAll(async () => {
  huge = await makeHugeRepository(size)
  server = await serveGit({ directory: huge.directory, username: 'ana', password: 'sesame' })
})
afterAll(async () => {
  await server.close()
  removeTemporaries()
})

/** Requests made and bytes sent by the server in the meantime. */
async function cost<T>(work: () => Promise<T>) {
  const before = { requests: server.requests.length, bytes: server.bytesSent() }
  const result = await work()
  return { result, requests: server.requests.length - before.requests, bytes: server.bytesSent() - before.bytes }
}

const openHuge = (path: string) =>
  open(`${server.url}/access.git`, {
    ref: 'main',
    path,
    access: { credential: async () => ({ username: 'ana', password: 'sesame' }) },
  })

test('the history is as heavy as it says', () => expect(huge.packedBytes).toBeGreaterThan(200_000_000))

test('of 200 MB the declaration alone is sent, and a poll is some hundred bytes', async () => {
  const repository = await openHuge('access')
  const polled = await cost(() => repository.poll())
  expect(polled).toMatchObject({ requests: 2 })
  expect(polled.bytes).toBeLessThan(1_000)
  const read = await cost(() => repository.checkOut(polled.result))
  expect(read.result.files.size).toBe(size.groups + 1)
  expect(read).toMatchObject({ requests: 4 })
  expect(read.bytes).toBeLessThan(1_000_000)
  await repository.close()
})

test('a change costs no more than the first revision did', async () => {
  const repository = await openHuge('access')
  const before = await repository.poll()
  const commit = await huge.change('extra')
  const tip = await repository.poll()
  expect([tip.commit, before.commit === commit]).toEqual([commit, false])
  const read = await cost(() => repository.checkOut(tip))
  expect(read.result.files.size).toBe(size.groups + 2)
  expect(read.bytes).toBeLessThan(1_000_000)
  await repository.close()
})

test('all 10,000 files are read where the whole repository is the declaration', async () => {
  const repository = await openHuge('')
  const { result, requests, bytes } = await cost(async () => repository.checkOut(await repository.poll()))
  expect(result.files.size).toBeGreaterThan(size.files)
  expect(requests).toBe(6)
  expect(bytes).toBeLessThan(5_000_000)
  await repository.close()
})
