import { expect, test } from 'vitest'
import { createMoves } from './moves.ts'

test('what one pass writes is stale for one that began before', () => {
  const moves = createMoves()
  const [sweep, edit] = [moves.begin(), moves.begin()]
  moves.moved(edit, ['a'])
  moves.end(edit)
  expect([...moves.since(sweep)]).toEqual(['a'])
})

test('and for one that began while it was writing: it may have read what was half written', () => {
  const moves = createMoves()
  const sweep = moves.begin()
  moves.moved(sweep, ['a', 'b'])
  const edit = moves.begin()
  expect([...moves.since(edit)]).toEqual(['a', 'b'])
  moves.end(sweep)
  expect([...moves.since(edit)]).toEqual(['a', 'b'])
})

test('not for one that began after it had ended, nor for itself', () => {
  const moves = createMoves()
  const [long, sweep] = [moves.begin(), moves.begin()]
  moves.moved(sweep, ['a'])
  expect([...moves.since(sweep)]).toEqual([])
  moves.end(sweep)
  expect([...moves.since(moves.begin())]).toEqual([])
  expect([...moves.since(long)]).toEqual(['a'])
})
