import { parseWorldSeed, type WorldSeed } from './world-seed.ts'

/** Secrets of `exampleWorld`, as they stand in a request. */
export const exampleCredentials = {
  organization: 'Bearer acme-organization-key',
  scim: 'Bearer acme-scim-key',
  token: `Basic ${Buffer.from('svc@acme.com:acme-api-token').toString('base64')}`,
  scopedToken: `Basic ${Buffer.from('svc@acme.com:acme-scoped-token').toString('base64')}`,
} as const

/** A small world with one of everything, for tests. */
export function exampleWorld(): WorldSeed {
  return parseWorldSeed(yaml)
}

const yaml = `
organization: { id: 0f1e2d3c-0000-4000-8000-000000000001, name: Acme, directory: { id: 0f1e2d3c-0000-4000-8000-000000000002, name: Primary Directory }, verifiedDomains: [acme.com] }
credentials:
  organizationApiKeys: [{ name: ci, key: acme-organization-key, owner: svc@acme.com, createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2099-12-31T00:00:00.000Z', scopes: ['read:directories:admin'] }]
  scimKeys: [{ name: entra, key: acme-scim-key }]
  apiTokens:
    - { name: svc, email: svc@acme.com, token: acme-api-token }
    - { name: svc-scoped, email: svc@acme.com, token: acme-scoped-token, scoped: true }
  oauthClients: [{ name: robot, clientId: robot-id, clientSecret: robot-secret, email: svc@acme.com, refreshToken: robot-refresh }]
scim: { directoryId: 0f1e2d3c-0000-4000-8000-000000000003 }
sites:
  - name: acme
    cloudId: 0f1e2d3c-0000-4000-8000-000000000004
    products:
      - { key: jira-software, defaultGroup: jira-users-acme, seats: 3 }
      - { key: confluence, defaultGroup: confluence-users-acme }
    jira:
      roles: [{ id: 10002, name: Administrators }, { id: 10001, name: Developers }]
      projects:
        - { id: '10000', key: PAY, name: Payments, category: Core, roles: { Administrators: { users: [svc@acme.com, '557058:app'] }, Developers: { users: [ana@acme.com, leo@acme.com], groups: [pay-devs] } } }
        - { id: '10001', key: TEAM, name: Team, style: next-gen, roles: { Administrator: { id: 10360, users: [svc@acme.com] } } }
        - { id: '10002', key: OLD, name: Old, archived: true }
    confluence:
      mode: ROLES_TRANSITION
      companionPermissions: true
      roles:
        - { id: 0f1e2d3c-0000-4000-8000-00000000000a, name: Viewer, permissions: [read/space] }
        - { id: 0f1e2d3c-0000-4000-8000-00000000000b, name: Manager, permissions: [read/space, create/page, administer/space] }
        - { id: 0f1e2d3c-0000-4000-8000-00000000000c, name: Writer, type: CUSTOM, permissions: [read/space, create/page] }
      spaces:
        - { id: '65537', key: FIN, name: Finance, access: [{ user: svc@acme.com, permissions: [read/space, administer/space] }, { group: pay-devs, permissions: [read/space, create/page] }, { accessClass: all-licensed-users, role: Viewer }] }
        - { id: '65538', key: ENG, name: Engineering, access: [{ group: pay-devs, role: Manager }] }
accounts:
  - { id: '712020:svc', email: svc@acme.com, name: Service, platformRoles: [atlassian/org-admin] }
  - { id: '712020:ana', email: ana@acme.com, name: Ana Ruiz, mfaEnabled: true, scim: { id: scim-ana, externalId: e-ana, givenName: Ana, familyName: Ruiz, title: Engineer, department: Payments } }
  - { id: '712020:leo', email: leo@acme.com, name: Leo Left, status: suspended, scim: { id: scim-leo } }
  - { id: '712020:hid', email: hid@acme.com, name: Hidden Hana, hiddenEmail: true, lastActive: { jira-software: '2026-11-20T09:30:00.000Z' }, apiTokens: [{ id: token-hid, label: backup script, createdAt: '2025-01-01T00:00:00.000Z', lastAccess: '2026-01-01T00:00:00.000Z', expiry: '2026-12-31T00:00:00.000Z' }] }
  - { id: '712020:out', email: out@partner.io, name: Otto Outside }
  - { id: '712020:new', email: new@acme.com, name: Nora New, status: not_invited }
  - { id: '712020:off', email: off@acme.com, name: Olga Off, status: deactivated }
  - { id: '557058:app', name: Some App, type: app }
groups:
  - { id: 0f1e2d3c-0000-4000-8000-000000000010, name: jira-users-acme, members: [svc@acme.com, ana@acme.com] }
  - { id: 0f1e2d3c-0000-4000-8000-000000000011, name: confluence-users-acme, members: [ana@acme.com] }
  - { id: 0f1e2d3c-0000-4000-8000-000000000012, name: pay-devs, description: Payments developers, members: [ana@acme.com, leo@acme.com, '557058:app'] }
  - { id: 0f1e2d3c-0000-4000-8000-000000000013, name: idp-staff, managedBy: external, scimGroupId: scim-staff, members: [ana@acme.com] }
  - { id: 0f1e2d3c-0000-4000-8000-000000000014, name: wiki-editors }
authenticationPolicies:
  - { id: 0f1e2d3c-0000-4000-8000-000000000020, name: Staff, members: [ana@acme.com], enforces: sso }
  - { id: 0f1e2d3c-0000-4000-8000-000000000021, name: Contractors, enforces: two-step }
`
