import { isAlias, isCollection, isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml'
import type { Origin } from '../core/diagnostic.ts'

/** What turns an offset or a path of one document into a place that a person can go to. */
export interface Positions {
  at(start: number, end?: number): Origin
  /** Where the value at `path` stands, or its key; the nearest parent that exists where the path leads nowhere. */
  locate(path: readonly (string | number)[], atKey?: boolean): Origin
}

interface Step {
  readonly key?: Node
  readonly value: Node | null
}

export function createPositions(file: string, document: Document, lines: LineCounter): Positions {
  const at = (start: number, end = start): Origin => {
    const [from, to] = [lines.linePos(start), lines.linePos(end)]
    const place = { file, line: Math.max(from.line, 1), column: Math.max(from.col, 1) }
    return to.line === from.line && to.col > from.col ? { ...place, endColumn: to.col } : place
  }
  const locate = (path: readonly (string | number)[], atKey = false): Origin => {
    let here: Step = { value: document.contents }
    let isWhole = true
    for (const segment of path) {
      const next: Step | undefined = step(here.value, segment, document)
      isWhole = next !== undefined
      if (!next) break
      here = next
    }
    return place(here, atKey && isWhole, at)
  }
  return { at, locate }
}

function step(parent: Node | null, segment: string | number, document: Document): Step | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent
  if (isSeq(node)) {
    const item = node.items[Number(segment)]
    return item === undefined ? undefined : { value: item as Node | null }
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment))
  return pair && { key: pair.key as Node, value: pair.value as Node | null }
}

function place({ key, value }: Step, atKey: boolean, at: Positions['at']): Origin {
  if (key?.range && (atKey || !isLeaf(value))) return at(key.range[0], key.range[1])
  const node = firstKey(value) ?? value
  if (!node?.range) return at(0)
  return isCollection(node) ? at(node.range[0]) : at(node.range[0], node.range[1])
}

const isLeaf = (value: Node | null): boolean => isAlias(value) || (isScalar(value) && value.range![1] > value.range![0])

/** A collection is a bad thing to underline: its key says more, or the first key in it. */
function firstKey(value: Node | null): Node | undefined {
  return isMap(value) && !value.flow ? (value.items[0]?.key as Node | undefined) : undefined
}
