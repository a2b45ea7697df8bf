import type { MarkdownSection } from '../report/markdown-sections.ts'
import { printable } from '../report/terminal-text.ts'

/** One line, for people who have many issues. */
export const issueTitle = ({ organization }: MarkdownSection): string =>
  organization === ''
    ? 'Roster could not compare access with the declaration'
    : `Access of ${printable(organization).slice(0, 100)} differs from the declaration`
