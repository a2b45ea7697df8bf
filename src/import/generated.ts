import { createHash } from 'node:crypto'
import { importParts, type ImportPart } from './holding.ts'
import type { Layout } from './layout.ts'

/** How a file was asked for: only the same question may write it anew. */
export interface Question {
  readonly layout: Layout
  readonly parts: ReadonlySet<ImportPart>
}

const words = ({ layout, parts }: Question): string =>
  `--by ${layout} --only ${importParts.filter((part) => parts.has(part)).join(',')}`

const marker =
  /^# Written by roster import (.*); while nobody changes it, --force writes it anew\. sha256:([0-9a-f]{16})\n/m

/** The text with a line at its top that says what wrote it, and by which the next import knows it unchanged. */
export function marked(text: string, question: Question): string {
  return `# Written by roster import ${words(question)}; while nobody changes it, --force writes it anew. sha256:${digestOf(text)}\n${text}`
}

/** Whether an import of the same question wrote it, and nobody has changed it since. */
export function isUntouched(text: string, question: Question): boolean {
  const found = marker.exec(text)
  return (
    found !== null &&
    found.index === 0 &&
    found[1] === words(question) &&
    digestOf(text.slice(found[0].length)) === found[2]
  )
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
