import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Clock } from '../core/ports.ts'
import { createCallMetrics, type CallMetrics } from './metrics-calls.ts'
import { createControllerMetrics, type ControllerMetrics } from './metrics-controller.ts'
import { createEstateMetrics, type EstateMetrics } from './metrics-estate.ts'
import { createSourceMetrics, type SourceMetrics } from './metrics-source.ts'

/** Everything that is measured, by what happens rather than by name of a series; docs/metrics.md lists those. */
export interface Metrics extends ControllerMetrics, EstateMetrics, CallMetrics, SourceMetrics {
  /** Of the text that `render` gives. */
  readonly contentType: string
  /** The text format of Prometheus. */
  readonly render: () => Promise<string>
}

export interface MetricsOptions {
  readonly clock: Clock
  readonly version: string
  /** Memory, processor, file handles and event loop of this process as well. */
  readonly process: boolean
}

/** A registry of its own: two of them in one process know nothing of each other. */
export function createMetrics({ clock, version, process }: MetricsOptions): Metrics {
  const registry = new Registry()
  if (process) collectDefaultMetrics({ register: registry })
  const build = new Gauge({
    name: 'roster_build_info',
    help: 'The version that runs, always 1',
    labelNames: ['version'] as const,
    registers: [registry],
  })
  build.set({ version }, 1)
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    ...createControllerMetrics(registry, clock),
    ...createEstateMetrics(registry, clock),
    ...createCallMetrics(registry),
    ...createSourceMetrics(registry, clock),
  }
}
