import type { TestProject } from 'vitest/node'
import { findApiServer, findTools, wanted, type ApiServerProgram, type Tools } from './programs.builder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined: this machine has none, and the tests are skipped. */
    cluster: { readonly apiServer: ApiServerProgram; readonly tools: Tools } | undefined
  }
}

/** Before all tests in a cluster: the programs are found, and built or unpacked where they are not yet. */
export async function setup(project: TestProject): Promise<void> {
  const apiServer = await findApiServer(tell)
  if (!apiServer) {
    project.provide('cluster', undefined)
    tell(`SKIPPED: the tests in a cluster need ${wanted}`)
    return
  }
  project.provide('cluster', { apiServer, tools: await findTools(tell) })
  tell(`the tests in a cluster run against ${apiServer.kind === 'composed' ? apiServer.path : apiServer.folder}`)
}

const tell = (text: string): void => void process.stderr.write(`\n${text}\n`)
