/** What an error body says, whichever API wrote it. */
export interface Facts {
  readonly code?: string
  readonly detail?: string
  readonly traceId?: string
}

type Fields = Readonly<Record<string, unknown>>

/**
 * The error bodies of all APIs (reference 2.7). They are told apart by their fields rather than by the API called,
 * because gateways and proxies answer in their own shape on every path.
 */
export function factsOf(text: string): Facts {
  const body = parse(text)
  if (body === undefined) {
    const page = pageTitle(text)
    return page === undefined ? {} : { detail: page }
  }
  for (const read of readers) {
    const facts = read(body)
    if (facts) return facts
  }
  return {}
}

/** Organizations, Admin Control and Confluence v2: `{errors: [{id, code, title, detail}]}`. */
function listOfErrors({ errors }: Fields): Facts | undefined {
  const error: unknown = Array.isArray(errors) ? errors[0] : undefined
  if (!isFields(error)) return undefined
  const { code, title, detail, id } = error
  return facts(code, [title, detail], id)
}

/** SCIM: `{schemas, status, scimType, detail}`; its gateway: `{error, traceId}`. */
function scimFacts({ schemas, scimType, detail, error, traceId }: Fields): Facts | undefined {
  if (Array.isArray(schemas)) return facts(scimType, [detail])
  return typeof error === 'string' && typeof traceId === 'string' ? facts(undefined, [error], traceId) : undefined
}

/** Jira: `{errorMessages: [], errors: {field: message}}`. */
function jiraFacts({ errorMessages, errors }: Fields): Facts | undefined {
  if (!Array.isArray(errorMessages)) return undefined
  const byField = isFields(errors)
    ? Object.entries(errors).map(([field, message]) => `${field}: ${String(message)}`)
    : []
  return facts(undefined, [...(errorMessages as unknown[]), ...byField])
}

/** User management: `{key, context}`. */
const userManagementFacts = ({ key, context }: Fields): Facts | undefined =>
  typeof key === 'string' ? facts(key, [isFields(context) ? context['message'] : undefined]) : undefined

/** OAuth token endpoint: `{error, error_description}`. */
const tokenFacts = ({ error, error_description: description }: Fields): Facts | undefined =>
  typeof error === 'string' ? facts(error, [description]) : undefined

/** Proxies and Confluence v1: `{code | statusCode, message}`. The number repeats the status, so it is no code. */
const messageFacts = ({ message }: Fields): Facts | undefined =>
  typeof message === 'string' ? facts(undefined, [message]) : undefined

const readers: readonly ((body: Fields) => Facts | undefined)[] = [
  listOfErrors,
  scimFacts,
  jiraFacts,
  userManagementFacts,
  tokenFacts,
  messageFacts,
]

/** What to say about a web page; undefined where the text is none. */
export function pageTitle(text: string): string | undefined {
  if (!/^\s*</.test(text)) return undefined
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim()
  return title ? `a web page, "${title}", instead of an answer` : 'a web page instead of an answer'
}

function facts(code: unknown, words: readonly unknown[], traceId?: unknown): Facts {
  const said = words.filter((word): word is string => typeof word === 'string' && word !== '')
  return {
    ...(typeof code === 'string' && code !== '' && { code }),
    ...(said.length > 0 && { detail: [...new Set(said)].join(': ') }),
    ...(typeof traceId === 'string' && traceId !== '' && { traceId }),
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(text: string): Fields | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return isFields(body) ? body : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
