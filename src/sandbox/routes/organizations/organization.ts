import { ok, type Answer, type SandboxRequest } from '../../exchange.ts'
import { Refusal } from '../../refusal.ts'
import { listPage } from './pages.ts'
import { urlPage } from './url-pages.ts'

/** @throws Refusal where the path names another organization, or a directory that it does not have */
export function requirePlace({ state, params }: SandboxRequest): void {
  if (params['orgId'] !== state.organization.id) throw new Refusal('not-found', 'organization', 'no such organization')
  const directoryId = params['directoryId']
  if (directoryId !== undefined && directoryId !== '-' && directoryId !== state.organization.directory.id) {
    throw new Refusal('not-found', 'directory', 'no such directory')
  }
}

export function listOrganizations(request: SandboxRequest): Answer {
  return urlPage(request, { path: '', items: [organization(request)] })
}

export function getOrganization(request: SandboxRequest): Answer {
  requirePlace(request)
  return ok({ data: organization(request) })
}

function organization({ state, baseUrl }: SandboxRequest) {
  const { id, name } = state.organization
  const self = `${baseUrl}/v1/orgs/${id}`
  return {
    id,
    type: 'orgs',
    attributes: { name },
    relationships: {
      domains: { links: { related: `${self}/domains` } },
      users: { links: { related: `${self}/users` } },
    },
    links: { self },
  }
}

export function listDirectories(request: SandboxRequest): Answer {
  requirePlace(request)
  const { id, name } = request.state.organization.directory
  return listPage(request, [{ directoryId: id, name, icon: '' }])
}
