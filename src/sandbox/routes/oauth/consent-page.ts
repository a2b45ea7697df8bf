import type { Answer } from '../../exchange.ts'

export interface Consent {
  readonly app: string
  /** E-mail address of the person who is asked. */
  readonly account: string
  readonly sites: readonly string[]
  readonly scopes: readonly string[]
  /** Sent back with the decision. */
  readonly fields: Readonly<Record<string, string>>
}

/** The page on which a person lets an app act for them, or does not. */
export function consentPage({ app, account, sites, scopes, fields }: Consent): Answer {
  const hidden = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  return page(
    200,
    `Authorize ${app}`,
    `<p class="mark" aria-hidden="true">${escaped(app.slice(0, 1).toUpperCase())}</p>
<h1>${escaped(app)} asks for access to your Atlassian account</h1>
<p class="who">Signed in as <strong>${escaped(account)}</strong></p>
<p class="where">On <strong>${sites.map(escaped).join(', ')}</strong> it wants to act for you, with these ${scopes.length} scopes:</p>
<ul>${scopes.map((scope) => `<li><code>${escaped(scope)}</code></li>`).join('')}</ul>
<form method="post" action="/authorize">
${hidden.join('\n')}
<button name="decision" value="accept" class="accept">Accept</button>
<button name="decision" value="cancel">Cancel</button>
</form>
<p class="note">This is the sandbox: no account of yours is touched.</p>`,
  )
}

/** What a person sees where the app has sent them with a request that cannot be answered. */
export function mistakePage(status: number, message: string): Answer {
  return page(status, 'Not authorized', `<h1>Something is wrong with this request</h1><p>${escaped(message)}</p>`)
}

function page(status: number, title: string, body: string): Answer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body><main>${body}</main></body>
</html>
`,
  }
}

const style = `
:root { color-scheme: light dark; --ink: #1d2433; --quiet: #5a6478; --line: #d8dde6; --back: #f3f5f8; --card: #fff; --accent: #1457c8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --quiet: #a3acbd; --line: #363d4b; --back: #14171d; --card: #1d222b; --accent: #4f8ef5 }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--back);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 480px; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
.mark { width: 48px; height: 48px; margin: 0 0 16px; display: grid; place-items: center; border-radius: 12px;
  background: var(--accent); color: #fff; font-size: 24px; font-weight: 600 }
h1 { margin: 0 0 16px; font-size: 22px; line-height: 1.3 }
p { margin: 0 0 8px; overflow-wrap: anywhere }
.who, .where, .note { color: var(--quiet) }
.who strong, .where strong { color: var(--ink); font-weight: 600 }
.where { margin-top: 16px }
ul { margin: 0 0 24px; padding: 0; list-style: none; max-height: 280px; overflow-y: auto; border: 1px solid var(--line); border-radius: 8px }
li { padding: 6px 12px }
li + li { border-top: 1px solid var(--line) }
code { font: 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
form { display: flex; gap: 12px }
button { flex: 1; padding: 10px 16px; border: 1px solid var(--line); border-radius: 8px; background: none; color: inherit;
  font: inherit; font-weight: 600; cursor: pointer }
button.accept { background: var(--accent); border-color: var(--accent); color: #fff }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.note { margin: 16px 0 0; font-size: 14px }
`

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
