/** Which of Atlassian's hosts a request names; `any` for every other name, where one origin plays them all. */
export type Host = { readonly kind: 'api' | 'auth' | 'any' } | { readonly kind: 'site'; readonly name: string }

/** Atlassian's names that the sandbox answers to, as a certificate writes them. */
export const atlassianNames = ['api.atlassian.com', 'auth.atlassian.com', '*.atlassian.net'] as const

/** @param hostname in lower case, without a port, as in `URL.hostname` */
export function hostOf(hostname: string): Host {
  if (hostname === 'api.atlassian.com') return { kind: 'api' }
  if (hostname === 'auth.atlassian.com') return { kind: 'auth' }
  const name = /^([^.]+)\.atlassian\.net$/.exec(hostname)?.[1]
  return name === undefined ? { kind: 'any' } : { kind: 'site', name }
}

/**
 * Where a site stands for the client that called: `https://{name}.atlassian.net` once it uses Atlassian's names, below
 * the same origin else. A port that the client needed for https is kept, so that the link leads back here.
 */
export function siteUrl(called: URL, name: string): string {
  if (hostOf(called.hostname).kind === 'any') return `${called.origin}/sites/${name}`
  const port = called.protocol === 'https:' && called.port !== '' ? `:${called.port}` : ''
  return `https://${name}.atlassian.net${port}`
}
