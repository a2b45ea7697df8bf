const seconds = { type: 'number', minimum: 0 } as const
const commit = { enum: ['before', 'after'] } as const

function effect(kind: string, fields: Readonly<Record<string, object>> = {}, required: readonly string[] = []) {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['kind', ...required],
    properties: { kind: { const: kind }, ...fields },
  }
}

/** JSON Schema of `FaultRule`. */
export const faultRuleSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['match', 'effect'],
  properties: {
    match: {
      type: 'object',
      additionalProperties: false,
      properties: {
        method: { type: 'string' },
        operation: { type: 'string' },
        path: { type: 'string' },
        times: { type: 'integer', minimum: 0 },
        after: { type: 'integer', minimum: 0 },
        probability: { type: 'number', minimum: 0, maximum: 1 },
      },
    },
    effect: {
      oneOf: [
        effect('rate-limited', { retryAfterSeconds: seconds, asDate: { type: 'boolean' }, reason: { type: 'string' } }),
        effect('server-error', { status: { enum: [500, 502, 503, 504] }, commit, retryAfterSeconds: seconds }, [
          'commit',
        ]),
        effect('slow', { delayMs: seconds }, ['delayMs']),
        effect('hang'),
        effect('cut-body', { commit }, ['commit']),
        effect('drop-connection'),
        effect('repeated-cursor'),
        effect('lost-cursor'),
        effect('clamped-page', { limit: { type: 'integer', minimum: 1 } }, ['limit']),
        effect('html-error', { status: { type: 'integer', minimum: 400, maximum: 599 } }),
        effect('any'),
        effect('stale-read', { delayMs: seconds, reads: { type: 'integer', minimum: 1 } }),
      ],
    },
  },
}
