import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { derivedUuid } from '../../random.ts'
import { Refusal } from '../../refusal.ts'
import { requirePlace } from './organization.ts'
import { addressOf, urlPage } from './url-pages.ts'

export function listDomains(request: SandboxRequest): Answer {
  requirePlace(request)
  return urlPage(request, { path: 'domains', items: domains(request) })
}

export function getDomain(request: SandboxRequest): Answer {
  requirePlace(request)
  const domain = domains(request).find(({ id }) => id === request.params['domainId'])
  if (domain) return ok({ data: domain })
  throw new Refusal('not-found', 'domain', `no domain ${request.params['domainId']}`)
}

function domains(request: SandboxRequest) {
  return request.state.organization.verifiedDomains.map((name) => {
    const id = derivedUuid(`domain ${name}`)
    return {
      id,
      type: 'domains',
      attributes: { name, claim: { type: 'dns', status: 'verified' } },
      links: { self: addressOf(request, `domains/${id}`) },
    }
  })
}
