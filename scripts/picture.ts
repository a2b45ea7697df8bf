import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Draws what a terminal shows as an SVG file: `FORCE_COLOR=1 roster plan … | node scripts/picture.ts docs/plan.svg`.
 * Knows the few SGR codes that `src/report` writes.
 */
const colors: Readonly<Record<string, string>> = {
  '31': '#f2777a',
  '32': '#99cc99',
  '33': '#ffcc66',
  '34': '#6699cc',
  '35': '#cc99cc',
  '36': '#66cccc',
  '90': '#8a8f98',
}
const lineHeight = 18
const characterWidth = 7.83

interface Style {
  readonly fill?: string
  readonly bold?: boolean
  readonly dim?: boolean
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const effects: Readonly<Record<string, (style: Style) => Style>> = {
  '': () => ({}),
  '0': () => ({}),
  '1': (style) => ({ ...style, bold: true }),
  '2': (style) => ({ ...style, dim: true }),
  '22': (style) => ({ ...style, bold: false, dim: false }),
  '39': ({ bold = false, dim = false }) => ({ bold, dim }),
}

function next(style: Style, code: string): Style {
  const fill = colors[code]
  return effects[code]?.(style) ?? (fill === undefined ? style : { ...style, fill })
}

function spans(line: string, start: Style): { readonly svg: string; readonly style: Style } {
  let style = start
  let svg = ''
  // eslint-disable-next-line no-control-regex
  for (const [index, part] of line.split(/\u001b\[([\d;]*)m/).entries()) {
    if (index % 2 === 1) style = part.split(';').reduce(next, style)
    else if (part !== '') svg += `<tspan${attributes(style)}>${escape(part)}</tspan>`
  }
  return { svg, style }
}

function attributes({ fill, bold, dim }: Style): string {
  return `${fill === undefined ? '' : ` fill="${fill}"`}${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.65"' : ''}`
}

function draw(text: string): string {
  const lines = text.trimEnd().split('\n')
  // eslint-disable-next-line no-control-regex
  const longest = Math.max(...lines.map((line) => line.replaceAll(/\u001b\[[\d;]*m/g, '').length))
  const [width, height] = [Math.ceil(longest * characterWidth) + 40, lines.length * lineHeight + 40]
  let style: Style = {}
  const rows = lines.map((line, index) => {
    const drawn = spans(line, style)
    style = drawn.style
    return `<text x="20" y="${(index + 1) * lineHeight + 15}" xml:space="preserve">${drawn.svg}</text>`
  })
  const font = 'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13"'
  const paper = `<rect width="${width}" height="${height}" rx="8" fill="#1d2026"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ${font} fill="#d5d8de">\n${paper}\n${rows.join('\n')}\n</svg>\n`
}

writeFileSync(process.argv[2]!, draw(readFileSync(0, 'utf8')))
