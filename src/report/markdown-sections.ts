import { markerPattern } from './plan-markdown.ts'

/** The part of a document that is about one organization. */
export interface MarkdownSection {
  /** Its first line. */
  readonly marker: string
  /** Empty where nothing could be planned. */
  readonly organization: string
  /** Of the declaration, as the marker writes them: sections of one document have the same. */
  readonly paths: string
  /** With its marker. */
  readonly text: string
}

/** What `renderMarkdown` has put together, apart again. Empty where it is no such document. */
export function markdownSections(document: string): readonly MarkdownSection[] {
  const sections: { marker: string; lines: string[] }[] = []
  for (const line of document.split(/\r?\n/)) {
    if (markerPattern.test(line)) sections.push({ marker: line, lines: [] })
    sections.at(-1)?.lines.push(line)
  }
  return sections.map(({ marker, lines }) => {
    const { organization, paths } = markerPattern.exec(marker)!.groups!
    return { marker, organization: decodeURIComponent(organization!), paths: paths!, text: lines.join('\n').trimEnd() }
  })
}
