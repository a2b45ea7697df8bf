import type { SchemaNode } from './structural.ts'

const text = (description: string, limits: Readonly<Record<string, unknown>>): SchemaNode => ({
  type: 'string',
  description,
  ...limits,
})

/** `metav1.Condition` of Kubernetes, with its limits. */
const condition: SchemaNode = {
  type: 'object',
  description: 'One condition.',
  required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
  properties: {
    type: text('Ready, Reconciling, Stalled, Drifted, Held or Incomplete.', { minLength: 1, maxLength: 316 }),
    status: text('True, False or Unknown.', { enum: ['True', 'False', 'Unknown'] }),
    reason: text('Why, in one word for programs.', {
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    }),
    message: text('Why, in words for people.', { maxLength: 32_768 }),
    lastTransitionTime: text('When the status last changed.', { format: 'date-time' }),
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      description: 'Generation of the spec that the condition speaks of.',
    },
  },
}

/** The same for every kind, after kstatus. An object that nobody has looked at yet is at generation -1. */
export const statusSchema: SchemaNode = {
  type: 'object',
  description: 'What became of the spec.',
  default: { observedGeneration: -1 },
  properties: {
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      default: -1,
      description: 'Generation of the spec that was last looked at. -1: none yet.',
    },
    lastHandledReconcileAt: text('The reconcile.fluxcd.io/requestedAt that was last answered.', { maxLength: 1024 }),
    conditions: {
      type: 'array',
      maxItems: 16,
      description: 'Ready always; Reconciling, Stalled, Drifted, Held and Incomplete while they are true.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: condition,
    },
  },
}
