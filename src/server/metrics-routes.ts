import type { Route } from './serve.ts'

/** What can be shown to Prometheus. */
export interface Exposition {
  readonly contentType: string
  readonly render: () => Promise<string>
}

/** `/metrics` in the text format of Prometheus. */
export function metricsRoutes({ contentType, render }: Exposition): readonly Route[] {
  return [{ method: 'GET', path: '/metrics', handle: async () => ({ status: 200, contentType, body: await render() }) }]
}
