import { hasApiServer, wanted } from './cluster/programs.builder.ts'

/** At the end of a run: which tests were not in it, so that nobody takes it for all of them. */
export function setup(): () => Promise<void> {
  return async () => {
    const here = await hasApiServer()
    tell(
      here
        ? 'NOT RUN: the tests in a cluster. Run them: npm run test:cluster'
        : `SKIPPED: the tests in a cluster. They need ${wanted}, and then: npm run test:cluster`,
    )
  }
}

const tell = (text: string): void => void process.stderr.write(`\n${text}\n`)
