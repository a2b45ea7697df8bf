import { Counter, Gauge, type Registry } from 'prom-client'
import type { Clock } from '../core/ports.ts'

/** How a look at the source of the declaration ended. `rejected`: there is a newer one that cannot be used. */
export type SourceResult = 'unchanged' | 'changed' | 'rejected' | 'failed'

export type SourceType = 'files' | 'git'

/** Told of the files or the repository that the declaration comes from. */
export interface SourceMetrics {
  looked(source: SourceType, result: SourceResult): void
  /** What is in force from now on: a commit, or a digest of the files. */
  inForce(source: SourceType, revision: string): void
}

export function createSourceMetrics(registry: Registry, clock: Clock): SourceMetrics {
  const registers = [registry]
  const looks = new Counter({
    name: 'roster_source_looks_total',
    help: 'Looks at the source of the declaration, by how they ended',
    labelNames: ['source', 'result'] as const,
    registers,
  })
  const current = new Gauge({
    name: 'roster_source_current',
    help: 'Whether the newest declaration is the one in force: 0 means that an older one goes on',
    labelNames: ['source'] as const,
    registers,
  })
  const success = new Gauge({
    name: 'roster_source_last_success_timestamp_seconds',
    help: 'When the source was last read without a mistake',
    labelNames: ['source'] as const,
    registers,
  })
  const revision = new Gauge({
    name: 'roster_source_revision',
    help: 'The declaration in force, always 1',
    labelNames: ['source', 'revision'] as const,
    registers,
  })
  return {
    looked: (source, result) => {
      looks.inc({ source, result })
      if (result === 'failed') return
      current.set({ source }, result === 'rejected' ? 0 : 1)
      if (result !== 'rejected') success.set({ source }, clock.now() / 1000)
    },
    inForce: (source, name) => {
      revision.reset()
      revision.set({ source, revision: name }, 1)
    },
  }
}
