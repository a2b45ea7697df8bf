/** What the browser shows at the end of a login. */
export interface LoginPage {
  readonly status: number
  readonly isGood: boolean
  readonly title: string
  readonly text: string
}

/** One page without any other file: nothing is loaded from anywhere. */
export function renderLoginPage({ isGood, title, text }: LoginPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Roster</title>
<style>${style}</style>
</head>
<body>
<main class="${isGood ? 'good' : 'bad'}">
<p class="sign" aria-hidden="true">${isGood ? '✓' : '!'}</p>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>
<p class="from">roster login</p>
</main>
</body>
</html>
`
}

export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  // the address of the page holds the code
  'referrer-policy': 'no-referrer',
  connection: 'close',
}

const style = `
:root { color-scheme: light dark; --ink: #1d2433; --quiet: #5a6478; --line: #d8dde6; --back: #f3f5f8; --card: #fff;
  --good: #1b7f4b; --bad: #b42318 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --quiet: #a3acbd; --line: #363d4b; --back: #14171d; --card: #1d222b; --good: #4cc38a; --bad: #f97066 }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--back);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 480px; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
.sign { width: 48px; height: 48px; margin: 0 0 16px; display: grid; place-items: center; border: 2px solid; border-radius: 50%;
  font-size: 24px; font-weight: 600; line-height: 1 }
.good .sign { color: var(--good) }
.bad .sign { color: var(--bad) }
h1 { margin: 0 0 8px; font-size: 22px; line-height: 1.3 }
p { margin: 0; overflow-wrap: anywhere }
.from { margin-top: 24px; color: var(--quiet); font: 14px/1.5 ui-monospace, monospace }
`

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
