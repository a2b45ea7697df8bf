import { sample } from './sample.builder.ts'

const scim = '/scim/directory/0f1e2d3c-0000-4000-8000-000000000003'
const mia = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'mia@acme.com',
  displayName: 'Mia K',
  name: { givenName: 'Mia', familyName: 'K' },
  emails: [{ value: 'mia@acme.com', type: 'work', primary: true }],
  active: true,
}
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export const scimSamples = [
  sample('scim', `GET ${scim}/ServiceProviderConfig`, 200),
  sample('scim', `GET ${scim}/ResourceTypes`, 200),
  sample('scim', `GET ${scim}/ResourceTypes/User`, 200),
  sample('scim', `GET ${scim}/ResourceTypes/Group`, 200),
  sample('scim', `GET ${scim}/Schemas`, 200),
  sample('scim', `GET ${scim}/Schemas/urn:ietf:params:scim:schemas:core:2.0:User`, 200),
  sample('scim', `GET ${scim}/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group`, 200),
  sample('scim', `GET ${scim}/Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`, 200),
  sample('scim', `GET ${scim}/Users?count=1`, 200),
  sample('scim', `GET ${scim}/Users?filter=title%20eq%20%22x%22`, 400),
  sample('scim', `GET ${scim}/Users/scim-ana`, 200),
  sample('scim', `GET ${scim}/Users/none`, 404),
  sample('scim', `POST ${scim}/Users`, 201, mia),
  sample('scim', `POST ${scim}/Users`, 409, mia),
  sample('scim', `PUT ${scim}/Users/scim-leo`, 200, {
    ...mia,
    userName: 'leo@acme.com',
    emails: [{ value: 'leo@acme.com', type: 'work', primary: true }],
  }),
  sample('scim', `PATCH ${scim}/Users/scim-ana`, 200, {
    schemas: [patchOp],
    Operations: [{ op: 'replace', path: 'active', value: false }],
  }),
  sample('scim', `DELETE ${scim}/Users/scim-leo`, 204),
  sample('scim', `GET ${scim}/Groups`, 200),
  sample('scim', `GET ${scim}/Groups/scim-staff`, 200),
  sample('scim', `POST ${scim}/Groups`, 201, {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'idp-new',
    members: [{ value: 'scim-ana' }],
  }),
  sample('scim', `PUT ${scim}/Groups/scim-staff`, 200, {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'idp-staff',
    members: [],
  }),
  sample('scim', `PATCH ${scim}/Groups/scim-staff`, 200, {
    schemas: [patchOp],
    Operations: [{ op: 'add', path: 'members', value: [{ value: 'scim-ana' }] }],
  }),
  sample('scim', `DELETE ${scim}/Groups/scim-staff`, 204),
]
