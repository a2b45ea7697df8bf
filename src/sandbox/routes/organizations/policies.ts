import type { Answer, SandboxRequest } from '../../exchange.ts'
import { requirePlace } from './organization.ts'
import { urlPage } from './url-pages.ts'

/** IP allowlists, data residency and data security: the sandbox has none. Authentication policies are never here. */
export function listPolicies(request: SandboxRequest): Answer {
  requirePlace(request)
  return urlPage(request, { path: 'policies', items: [], meta: { next: null, page_size: 0 } })
}
