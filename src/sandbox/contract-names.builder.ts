import { documentNames, type Documents } from './contract-document.builder.ts'
import { loadSpec } from './contract-spec.builder.ts'

/** The text of `known-operations.json`: every operation of the documents by API, one to a line, in their order. */
export function operationNames(documents: Documents): string {
  const described = loadSpec(documents).operations()
  const lists = Object.keys(documentNames).map((api) => {
    const rows = described
      .filter((each) => each.api === api)
      .map(({ method, path, operation }) => JSON.stringify([method, path, operation]))
    return `${JSON.stringify(api)}: [\n${rows.join(',\n')}\n]`
  })
  return `{\n${lists.join(',\n')}\n}\n`
}
