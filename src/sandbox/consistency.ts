import type { Api } from './exchange.ts'
import { createDraws, type DrawnRequest } from './fault-draw.ts'
import type { Lag } from './past.ts'

/**
 * Longest time after which a write is seen through the API that it was made through, in milliseconds (reference section
 * 11): roles of the organization up to 30 s (Organizations API), a new group 1 to 2 s, and what is done by a task or
 * without one as long as it takes. Other writes are seen at once.
 */
const ownDelaysMs: Readonly<Record<string, number>> = {
  assignRole: 30_000,
  revokeRole: 30_000,
  assignGroupRole: 30_000,
  revokeGroupRole: 30_000,
  assignOrganizationRole: 30_000,
  revokeOrganizationRole: 30_000,
  createGroup: 2_000,
  APIs_addUsersToPolicy: Infinity,
  setSpaceRoleAssignments: Infinity,
}

export interface Written extends DrawnRequest {
  readonly api: Api
  readonly operation: string
}

/**
 * Draws for each write when reads see it: through other APIs any time up to `longestMs`, for which nothing is published;
 * through its own API up to what is published, and never later than through the others.
 */
export function createConsistency(longestMs: number, seed: number): (written: Written) => Lag | undefined {
  const drawsOf = createDraws(seed)
  return (written) => {
    if (longestMs <= 0) return undefined
    const { api, operation } = written
    const delayMs = Math.floor(drawsOf(written, 'consistency')() * (longestMs + 1))
    return { delayMs, own: { api, delayMs: Math.min(delayMs, ownDelaysMs[operation] ?? 0) } }
  }
}
