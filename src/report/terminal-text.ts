import { createColors } from 'picocolors'

/** Colours by meaning. Each has a word or a sign beside it in the text: colour never says anything alone. */
export interface Paint {
  readonly added: (text: string) => string
  readonly changed: (text: string) => string
  readonly removed: (text: string) => string
  readonly loud: (text: string) => string
  readonly heading: (text: string) => string
  readonly quiet: (text: string) => string
}

export function createPaint(hasColor: boolean): Paint {
  const { green, yellow, red, magenta, bold, dim } = createColors(hasColor)
  return {
    added: green,
    changed: yellow,
    removed: red,
    loud: (text) => bold(magenta(text)),
    heading: bold,
    quiet: dim,
  }
}

/**
 * Text from outside made harmless for a terminal: control characters and marks that turn the writing direction are
 * written out as `\u001b`. A group may be named by anybody.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Columns of plain text, each as wide as its widest cell; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell))
  return rows.map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : pad(cell, widths[index]!))))
}

const segmenter = new Intl.Segmenter()

/** Characters as people count them. */
export const width = (text: string): number =>
  /^[ -~]*$/.test(text) ? text.length : [...segmenter.segment(text)].length
export const pad = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)))

/** `1 entry`, `2 entries`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`

/** The first few, and how many more there are. */
export function few(all: readonly string[], most: number): string {
  return all.length <= most
    ? all.join(', ')
    : `${all.slice(0, most).join(', ')} and ${count(all.length - most, 'more', 'more')}`
}
