import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askOnTerminal } from './io.ts'

/** A terminal on which these keys are pressed as soon as it asks. */
function asking(keys: string): { readonly answer: Promise<string>; readonly signal: AbortSignal } {
  const interrupted = new AbortController()
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 100 })
  const onInterrupt = (): void => interrupted.abort()
  const answer = askOnTerminal('Really? ', { input, output, signal: interrupted.signal, onInterrupt })
  input.write(keys)
  return { answer, signal: interrupted.signal }
}

test('a question on a terminal is answered by a line', async () => {
  const { answer, signal } = asking('yes\r')
  expect(await answer).toBe('yes')
  expect(signal.aborted).toBe(false)
})

test('Ctrl-C at a question interrupts the command, as it does everywhere else', async () => {
  const { answer, signal } = asking('\u0003')
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  expect(signal.aborted).toBe(true)
})

test('Ctrl-D at a question is no answer, and not an interruption', async () => {
  const { answer, signal } = asking('\u0004')
  expect(await answer).toBe('')
  expect(signal.aborted).toBe(false)
})
