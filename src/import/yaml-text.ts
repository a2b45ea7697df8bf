import { Document, isCollection, isScalar } from 'yaml'
import { apiVersion } from '../core/manifest.ts'
import type { Draft } from './draft.ts'
import { oneLine } from './one-line.ts'

/** Manifests as YAML of their own, with comments, in the style of the examples. */
export const yamlText = (drafts: readonly Draft[]): string => drafts.map(documentText).join('---\n')

export const commentText = (lines: readonly string[]): string =>
  lines.map((line) => `# ${oneLine(line)}`.trimEnd() + '\n').join('')

function documentText({ kind, name, spec, head, notes }: Draft): string {
  const document = new Document({ apiVersion, kind, metadata: { name }, spec }, { aliasDuplicateObjects: false })
  for (const { path, text } of notes) {
    const node = document.getIn(path, true)
    if (isScalar(node)) node.comment = ` ${oneLine(text)}`
  }
  for (const path of [
    ['spec', 'organizationRef'],
    ['spec', 'projects'],
    ['spec', 'spaces'],
    ['spec', 'permissions'],
  ])
    inFlow(document, path)
  return commentText(head) + withoutListPadding(document.toString({ lineWidth: 118, flowCollectionPadding: true }))
}

/** `{ keys: [PAY, LEDGER] }` on one line, while it is short. */
function inFlow(document: Document, path: readonly string[]): void {
  const node = document.getIn(path, true)
  if (isCollection(node) && JSON.stringify(node).length <= mostInFlow) node.flow = true
}

const mostInFlow = 100

/** Lists without the padding that maps have; what stands in these lists has neither spaces nor brackets, or is quoted. */
const withoutListPadding = (text: string): string =>
  text.replace(/^( {2}(?:projects: \{ keys|spaces: \{ keys|permissions): )\[ (.*) \]( \})?$/gm, '$1[$2]$3')
