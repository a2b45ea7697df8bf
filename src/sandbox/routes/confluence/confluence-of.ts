import type { SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import type { Site } from '../../world-state.ts'

/** @throws Refusal (404) */
export function confluenceOf({ site }: SandboxRequest): NonNullable<Site['confluence']> {
  if (site?.confluence) return site.confluence
  throw new Refusal('not-found', 'site', 'no Confluence on this site')
}
