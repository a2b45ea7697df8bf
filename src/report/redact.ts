const email = /([^\s@<>()[\]{}"'`,;:|\\/=*#])[^\s@<>()[\]{}"'`,;:|\\/=#]*@(?=[^\s@<>()[\]{}"'`,;:|\\/=]+\.\p{L})/gu

/** `ana.ruiz@acme.com` as `a***@acme.com`, wherever it stands. Names of people stay. */
export const redactEmails = (text: string): string => text.replace(email, '$1***@')

/** The same in every text of a JSON value, its keys included. */
export function redactJson(value: unknown): unknown {
  if (typeof value === 'string') return redactEmails(value)
  if (Array.isArray(value)) return value.map(redactJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [redactEmails(key), redactJson(each)]))
}
