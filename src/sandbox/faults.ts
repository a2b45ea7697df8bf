import { Ajv } from 'ajv'
import { anyEffect } from './fault-any.ts'
import { createDraws, type DrawnRequest } from './fault-draw.ts'
import type { FaultEffect, FaultMatch, FaultRule } from './fault-rule.ts'
import { faultRuleSchema } from './fault-schema.ts'

export type { FaultEffect, FaultMatch, FaultRule } from './fault-rule.ts'

export interface Faults {
  readonly rules: readonly FaultRule[]
  add(rule: FaultRule): void
  clear(): void
}

export interface FaultedRequest extends DrawnRequest {
  readonly operation: string
  readonly write: boolean
}

export interface FaultPicker extends Faults {
  /** The effects that strike this request; counts it. */
  pick(request: FaultedRequest): FaultEffect[]
}

const isFaultRule = new Ajv().compile<FaultRule>(faultRuleSchema)

/** @throws Error where the value is not a rule */
export function parseFaultRule(value: unknown): FaultRule {
  if (isFaultRule(value)) return value
  const [mistake] = isFaultRule.errors ?? []
  throw new Error(`not a fault rule: ${mistake?.instancePath || '/'} ${mistake?.message}`)
}

export function createFaults(seed: number): FaultPicker {
  const drawsOf = createDraws(seed)
  const rules: { rule: FaultRule; seen: number; struck: number }[] = []
  return {
    get rules() {
      return rules.map(({ rule }) => rule)
    },
    add: (rule) => void rules.push({ rule: parseFaultRule(rule), seen: 0, struck: 0 }),
    clear: () => void rules.splice(0),
    pick(request) {
      return rules.flatMap((entry, index) => {
        const { match, effect } = entry.rule
        if (!matches(match, request)) return []
        const { times = Infinity, after = 0, probability = 1 } = match
        const draw = drawsOf(request, `rule ${index}`)
        entry.seen += 1
        if (entry.seen <= after || entry.struck >= times || draw() >= probability) return []
        entry.struck += 1
        return [effect.kind === 'any' ? anyEffect(request.write, draw) : effect]
      })
    },
  }
}

function matches({ method, operation, path }: FaultMatch, request: FaultedRequest): boolean {
  if (method !== undefined && method.toUpperCase() !== request.method) return false
  if (operation !== undefined && operation !== request.operation) return false
  if (path === undefined) return true
  return path.startsWith('/') ? request.path.startsWith(path) : new RegExp(path).test(request.path)
}
