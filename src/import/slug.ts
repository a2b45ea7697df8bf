const mostCharacters = 50

/**
 * A DNS label from a title, for `metadata.name` and for file names: `Größe & Co` is `grosse-co`. What has no letter or
 * digit of ASCII is named by `otherwise`. At most 50 characters, so that a number fits behind it.
 */
export function slug(title: string, otherwise: string): string {
  const plain = title.replaceAll('ß', 'ss').normalize('NFKD').replace(/\p{M}/gu, '')
  return labelOf(plain) || labelOf(otherwise) || 'unnamed'
}

const labelOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, mostCharacters)
    .replace(/^-+|-+$/g, '')

/** `wanted`, or with the lowest number behind it that nobody has; notes that it is taken. */
export function unique(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}-${number}`
  taken.add(name)
  return name
}
