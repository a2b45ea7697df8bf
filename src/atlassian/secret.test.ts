import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createSecret } from './secret.ts'

const secret = createSecret('s3cr3t')
const printed: Record<string, string> = {
  'as text': `key ${secret as unknown as string}`,
  'as JSON': JSON.stringify({ secret }),
  'by inspect': inspect({ secret }, { depth: 5, showHidden: true }),
  'in an error': inspect(new Error('failed', { cause: { secret } })),
}

test.each(Object.entries(printed))('a secret does not show itself %s', (_, text) => {
  expect(text).toContain('[secret]')
  expect(text).not.toContain('s3cr3t')
})

test('a secret reveals itself when asked to', () => {
  expect(secret.reveal()).toBe('s3cr3t')
})
