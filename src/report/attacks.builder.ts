import { add, held, planScope, planView, remove } from './plan.builder.ts'
import type { PlanView } from './summary.ts'

/** Names that anybody may give to a group, an account or a file. */
export const attacks: Readonly<Record<string, string>> = {
  'an end of what unfolds': '</details></summary></code><h1>x</h1>',
  'a script': '<script>alert(1)</script><img src=x onerror=alert(1)>',
  'a mention': '@acme/admins @octocat',
  'a fence and a heading': '``` \n```\n# x\n````````\n<h1>y</h1>',
  'a link and a picture':
    '[x](https://evil.example) ![y](https://evil.example/z.png) https://evil.example www.evil.example',
  'a table': 'a | b |\n|---|---|\n| c | d |',
  'a reference to an issue': '#1 GH-2 acme/roster#3 a5c3785ed8d6a35868bc169f07e40e889087fd2e',
  'the marker of another plan': '--> <!-- roster plan organization=other path=. -->',
  'an entity': '&lt;/details&gt; &#60;h1&#62;x',
  'a backslash before a pipe': 'a\\|b`@octocat',
  'a mark that turns the direction': 'a\u202Egnp.exe',
  'a break of line that is none for a terminal': 'a\u2028# x\u2029# y\r# z',
  'a blank line, which ends a block of HTML': 'a\n\n# z\n\n[x](https://evil.example) @octocat\n\n<h1>z</h1>',
  'an end of the first line of code': '`</code><h1>x</h1>',
  'a style and a frame':
    '<style>*{display:none}</style><iframe src="https://evil.example"></iframe><svg onload=alert(1)>',
  'an attribute that is left': 'x" onmouseover="alert(1)" x=\'y\' style=\'position:fixed',
  'a sum, an emoji by name and a colour': '$\\href{https://evil.example}{x}$ :octocat: `#ff0000`',
  'a box and a note': '> [!WARNING]\n> x\n- [ ] y',
}

/** A plan in which everything that comes from outside is this text. */
export const everywhere = (text: string): PlanView =>
  planView(
    [
      planScope(text, { changes: [add(text, 1, { notes: [text] })], origins: [{ file: text, line: 1 }] }),
      planScope('Group h', { held: [held(remove(text), { reason: text })] }),
      planScope(text, { unread: { code: 'FORBIDDEN', message: text } }),
    ],
    {
      organization: text,
      diagnostics: [
        { code: 'UNKNOWN_ROLE', severity: 'error', message: text, origin: { file: text, line: 1 }, hint: text },
      ],
    },
  )
