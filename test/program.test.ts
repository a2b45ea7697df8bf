import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'

const run = promisify(execFile)
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roster-program-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Result = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs bin/roster.js from a folder that holds these files beside it, with the Node of this test run. */
async function program(files: Readonly<Record<string, string>>): Promise<Result> {
  const all = { 'package.json': manifest('>=22.20', '^24.0.0'), ...files }
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o755)
  }
  mkdirSync(join(folder, 'bin'))
  copyFileSync(join(import.meta.dirname, '../bin/roster.js'), join(folder, 'bin/roster.js'))
  return run(process.execPath, [join(folder, 'bin/roster.js'), 'plan', '--json']).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Result) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  )
}

function manifest(needed: string, pinned: string): string {
  return JSON.stringify({ type: 'module', engines: { node: needed }, devDependencies: { node: pinned } })
}

/** A program that says which file ran and with which arguments, and ends with a code of its own. */
function main(name: string): string {
  return `export async function main(argv) { console.log('${name}', ...argv); return 4 }`
}

const table: Readonly<Record<string, { readonly files: Readonly<Record<string, string>>; readonly result: Result }>> = {
  'an installed package runs the compiled program and ends with its code': {
    files: { 'dist/cli/main.js': main('compiled') },
    result: { code: 4, stdout: 'compiled plan --json\n', stderr: '' },
  },
  'a clone runs the sources, compiled or not': {
    files: { 'dist/cli/main.js': main('compiled'), 'src/cli/main.ts': main('sources'), 'node_modules/x/index.js': '' },
    result: { code: 4, stdout: 'sources plan --json\n', stderr: '' },
  },
  'a clone without dependencies says how to get them': {
    files: { 'src/cli/main.ts': main('sources') },
    result: { code: 1, stdout: '', stderr: 'The dependencies of this clone are not installed. Run: npm ci\n' },
  },
  'a clone on an older Node hands over to the pinned one, with arguments and exit code': {
    files: {
      'src/cli/main.ts': main('sources'),
      'package.json': manifest('>=22.20', '^99.1.0'),
      'node_modules/node/bin/node': '#!/bin/sh\nshift\necho "pinned $@"\nexit 3\n',
    },
    result: { code: 3, stdout: 'pinned plan --json\n', stderr: '' },
  },
  'an installed package on an older Node says which one it needs': {
    files: { 'dist/cli/main.js': main('compiled'), 'package.json': manifest('>=99.1', '^99.1.0') },
    result: {
      code: 1,
      stdout: '',
      stderr:
        `roster needs Node 99.1 or newer, and this is Node ${process.versions.node}. ` +
        'Install a newer one, or put one beside roster: npm install node@24\n',
    },
  },
}

for (const [name, { files, result }] of Object.entries(table)) {
  // the pinned Node is a shell script here
  test.skipIf(process.platform === 'win32' && name.includes('pinned'))(name, async () => {
    expect(await program(files)).toEqual(result)
  })
}
