import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openAcme, type Acme } from './command-line.builder.ts'
import { steps, type Step } from './connector-steps.builder.ts'

const page = join(import.meta.dirname, '../docs/connector.md')

/** The example, in step with its declaration. */
async function inStep(): Promise<Acme> {
  const acme = await openAcme()
  for (let round = 0; round < 2; round += 1) {
    await acme.run('apply', '--yes')
    acme.passTime(61_000)
  }
  const { stdout } = await acme.run('plan', '--json')
  const digests = [...stdout.matchAll(/"digest": "([0-9a-f]{12})"/g)].flatMap(([, digest]) => ['--approve', digest!])
  await acme.run('apply', '--yes', ...digests)
  acme.passTime(61_000)
  return acme
}

/** Does what the step says before its command, and tells it as it stands on the page. */
function prepare({ file, edit, behind }: Step, { access, sandbox }: Acme): readonly string[] {
  behind?.(sandbox)
  if (file) {
    writeFileSync(join(access, file.path), file.text)
    return [`\`access/${file.path}\``, '', '```yaml', file.text.trim(), '```', '']
  }
  if (!edit) return []
  const path = join(access, edit.path)
  const text = readFileSync(path, 'utf8')
  const found = edit.from.exec(text)?.[0]
  if (found === undefined) throw new Error(`${edit.path} has nothing like ${edit.from}`)
  const now = found.replace(edit.from, edit.to)
  writeFileSync(path, text.replace(found, now))
  const indent = /^ */.exec(now)![0].length
  const lines = now.split('\n').map((line) => line.slice(indent))
  return [`In \`access/${edit.path}\``, '', '```yaml', ...lines, '```', '']
}

function shownOf({ command, only, code = 0 }: Step, output: string): readonly string[] {
  const lines = output.split('\n').filter((line) => only?.test(line) ?? true)
  return [
    '```text',
    `$ roster ${command}${only ? ` | grep -E '${only.source}'` : ''}`,
    ...lines.map((line) => line.trimEnd()),
    ...(code === 0 ? [] : [`(exit code ${code})`]),
    '```',
    '',
  ]
}

async function take(step: Step, acme: Acme): Promise<string> {
  const { line, note, command, code = 0, shows } = step
  const before = prepare(step, acme)
  const ran = await acme.runThere(command)
  acme.passTime(61_000)
  expect({ line, code: ran.code, told: ran.stderr }).toMatchObject({ line, code })
  const output = ran.stdout.replaceAll(acme.sandbox.url, 'http://127.0.0.1:8080').trimEnd()
  expect(`${line}: ${output}`).toMatch(shows)
  const title = `### ${line[0]!.toUpperCase()}${line.slice(1)}`
  return [title, '', ...(note === undefined ? [] : [note, '']), ...before, ...shownOf(step, output)].join('\n')
}

test(
  'each line of the list of features has a command whose output stands in docs/connector.md',
  { timeout: 60_000 },
  async () => {
    const acme = await inStep()
    const parts: string[] = []
    try {
      for (const step of steps) parts.push(await take(step, acme))
    } finally {
      await acme.close()
    }
    const [head = ''] = readFileSync(page, 'utf8').split('\n### ')
    const text = `${head.trimEnd()}\n\n${parts.join('\n')}`
    if (process.env['CONNECTOR'] === 'write') writeFileSync(page, text)
    expect(readFileSync(page, 'utf8')).toBe(text)
  },
)
