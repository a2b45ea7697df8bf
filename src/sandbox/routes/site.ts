import { anonymous, ok, read, type ApiDefinition } from '../exchange.ts'

/** The part of a site that belongs to no product. */
export const siteApi: ApiDefinition = {
  api: 'site',
  contentType: 'application/json',
  unauthorized: () => ({ status: 401 }),
  refused: ({ message }) => ({ status: 400, body: { message } }),
  routes: [anonymous(read('GET', '/_edge/tenant_info', 'tenantInfo', ({ site }) => ok({ cloudId: site?.cloudId })))],
}
