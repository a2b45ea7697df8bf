import { readFileSync } from 'node:fs'

/** The part of vitest's JSON report that is counted; a file that fails to load is a failed suite without tests. */
type Report = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')) as Report)
const sum = (count: (report: Report) => number) => reports.reduce((total, report) => total + count(report), 0)

const passed = sum((report) => report.numPassedTests)
const notLoaded = (report: Report) =>
  report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
    .length
const failed = sum((report) => report.numFailedTests + notLoaded(report))
const skipped = sum((report) => report.numPendingTests + report.numTodoTests)

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
if (failed > 0 || passed === 0) process.exitCode = 1
