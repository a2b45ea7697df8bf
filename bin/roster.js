#!/usr/bin/env node
// The program. An installed package runs the compiled dist/; a clone runs the TypeScript sources, under the Node that
// package.json pins, whatever Node the machine has. This file must parse on any Node that a machine may still carry.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = `${root}src/cli/main.ts`
const compiled = `${root}dist/cli/main.js`
const pinnedNode = `${root}node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`
const inClone = existsSync(sources)

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
const [major, minor] = versionOf(process.versions.node)
const [neededMajor, neededMinor] = versionOf(manifest.engines.node)
const isNewEnough = major > neededMajor || (major === neededMajor && minor >= neededMinor)

// an older Node may run TypeScript too, but warns about it on every start: the pinned one goes first
const isPinnedNodeBetter = inClone && existsSync(pinnedNode) && major < versionOf(manifest.devDependencies.node)[0]

if (inClone && !existsSync(`${root}node_modules`)) {
  fail('The dependencies of this clone are not installed. Run: npm ci')
} else if (isPinnedNodeBetter) {
  runWithPinnedNode()
} else if (isNewEnough) {
  const { main } = await import(pathToFileURL(inClone ? sources : compiled).href)
  process.exitCode = await main(process.argv.slice(2))
} else {
  const remedy = inClone
    ? 'Run: npm ci (it brings a newer one for this clone)'
    : 'Install a newer one, or put one beside roster: npm install node@24'
  fail(`roster needs Node ${neededMajor}.${neededMinor} or newer, and this is Node ${process.versions.node}. ${remedy}`)
}

/** @param {string} text a version or a range such as `>=22.20`: its first two numbers count */
function versionOf(text) {
  const [, first, second] = /(\d+)\.(\d+)/.exec(text)
  return [Number(first), Number(second)]
}

/** @param {string} message what is wrong and what to do about it */
function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}

/** Becomes the pinned Node as far as a caller can see: same arguments, streams, signals and exit code. */
function runWithPinnedNode() {
  const child = spawn(pinnedNode, process.argv.slice(1), { stdio: 'inherit' })
  // a terminal sends Ctrl-C to both processes by itself: passing it on would make it two
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGHUP'))
  child.on('error', (error) => fail(`${pinnedNode} does not start (${error.message}). Run: npm ci`))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1
    if (signal === null) return
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
