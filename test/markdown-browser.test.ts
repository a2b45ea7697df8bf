import { existsSync } from 'node:fs'
import { marked } from 'marked'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attacks, everywhere } from '../src/report/attacks.builder.ts'
import { renderMarkdown } from '../src/report/plan-markdown.ts'

const executablePath = '/usr/bin/chromium'
const hasBrowser = existsSync(executablePath)

let browser: Browser
beforeAll(async () => {
  if (hasBrowser) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
}, 120_000)
afterAll(async () => {
  if (hasBrowser) await browser.close()
})

const render = (text: string): string =>
  renderMarkdown([everywhere(text)], {
    paths: [text],
    diagnostics: [],
    texts: new Map([[text, text]]),
    redact: (each) => each,
    approve: (digest) => `roster approve ${digest} ${text}`,
    seeWhole: text,
  })

interface Seen {
  /** Elements and attributes as they stand in each other, without texts. */
  readonly skeleton: string
  /** Of everything, unfolded or not. */
  readonly text: string
  /** What the page asked for, and what it said by itself. */
  readonly noises: readonly string[]
}

/** What a browser makes of it that trusts everything, with scripts, styles and frames: a forge takes away still more. */
async function look(text: string): Promise<Seen> {
  const page = await browser.newPage()
  const noises: string[] = []
  page.on('dialog', (dialog) => {
    noises.push(dialog.message())
    void dialog.dismiss()
  })
  await page.route('**', (route) => {
    noises.push(route.request().url())
    return route.abort()
  })
  await page.setContent(marked.parse(render(text), { gfm: true, async: false }))
  for (const each of await page.locator('details, summary, code').all()) await each.dispatchEvent('mouseover')
  const seen = await page.evaluate(`(() => {
    const walk = (node) => [node.localName, ...[...node.attributes].map((each) => each.name), '(', ...[...node.children].map(walk), ')'].join(' ')
    return { skeleton: walk(document.body), text: document.body.textContent }
  })()`)
  await page.close()
  return { ...(seen as Omit<Seen, 'noises'>), noises }
}

describe.skipIf(!hasBrowser)('in a browser (skipped without /usr/bin/chromium)', { timeout: 120_000 }, () => {
  let harmless: Seen
  beforeAll(async () => {
    harmless = await look('a harmless name')
  })

  test('a harmless name is seen, and the page is made of what the document has', () => {
    expect(harmless.text).toContain('a harmless name')
    expect(harmless.skeleton.match(/details/g)!.length).toBeGreaterThan(2)
    expect(harmless.noises).toEqual([])
  })

  test.each(Object.entries(attacks))(
    '%s: the page is the same as with a harmless name, and calls nobody',
    async (_, text) => {
      const { skeleton, noises } = await look(text)
      expect({ skeleton, noises }).toEqual({ skeleton: harmless.skeleton, noises: [] })
    },
  )
})
