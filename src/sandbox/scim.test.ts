import { expect, test } from 'vitest'
import { call, valueAt } from './sandbox-client.builder.ts'
import { startSandbox } from './start-sandbox.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'
import { parseWorldSeed } from './world-seed.ts'

const scim = '/scim/directory/0f1e2d3c-0000-4000-8000-000000000003'
const directory = '/admin/v2/orgs/0f1e2d3c-0000-4000-8000-000000000001/directories/0f1e2d3c-0000-4000-8000-000000000002'
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const atlassian = 'urn:scim:schemas:extension:atlassian-external:1.0'

function person(email: string, more: object = {}) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: email,
    displayName: 'Some One',
    emails: [{ value: email, type: 'work', primary: true }],
    active: true,
    ...more,
  }
}

function patch(path: string, Operations: readonly object[], answer: object, status = 200): Step {
  return { call: `PATCH ${scim}/${path}`, body: { schemas: [patchOp], Operations }, status, answer }
}

function org(email: string, answer: object): Step {
  return { call: `POST ${directory}/users/search`, body: { emails: [email] }, status: 200, answer: { data: [answer] } }
}

const stories: Readonly<Record<string, readonly Step[]>> = {
  'a new user gets an account that can join groups at once': [
    {
      call: `POST ${scim}/Users`,
      body: person('mia@acme.com'),
      status: 201,
      answer: { userName: 'mia@acme.com', active: true },
    },
    org('mia@acme.com', { status: 'active', claimStatus: 'managed', managementSource: 'synced' }),
  ],
  'a new user with the e-mail of an existing account is linked to it': [
    {
      call: `POST ${scim}/Users`,
      body: person('hid@acme.com', { displayName: 'Hana H' }),
      status: 201,
      answer: { [atlassian]: { atlassianAccountId: '712020:hid' } },
    },
    org('hid@acme.com', { accountId: '712020:hid', name: 'Hana H' }),
  ],
  'a user that the directory has is 409, and one outside the verified domains is 400': [
    {
      call: `POST ${scim}/Users`,
      body: person('ana@acme.com'),
      status: 409,
      answer: { status: '409', scimType: 'uniqueness' },
    },
    { call: `POST ${scim}/Users`, body: person('out@partner.io'), status: 400 },
  ],
  'only a single eq on userName or externalId filters': [
    {
      call: `GET ${scim}/Users?filter=externalId%20eq%20%22e-ana%22`,
      status: 200,
      answer: { totalResults: 1, Resources: [{ id: 'scim-ana' }] },
    },
    {
      call: `GET ${scim}/Users?filter=userName%20eq%20%22LEO@acme.com%22`,
      status: 200,
      answer: { totalResults: 1, Resources: [{ id: 'scim-leo' }] },
    },
    { call: `GET ${scim}/Users?filter=userName%20sw%20%22a%22`, status: 400, answer: { scimType: 'invalidFilter' } },
    { call: `GET ${scim}/Groups?filter=externalId%20eq%20%22a%22`, status: 400 },
  ],
  'pages are counted from 1': [
    {
      call: `GET ${scim}/Users?startIndex=2&count=1`,
      status: 200,
      answer: { totalResults: 2, startIndex: 2, itemsPerPage: 1, Resources: [{ id: 'scim-leo' }] },
    },
    { call: `GET ${scim}/Users?startIndex=3`, status: 200, answer: { itemsPerPage: 0, Resources: [] } },
  ],
  'active:false deactivates the account, and true brings it back': [
    patch('Users/scim-ana', [{ op: 'replace', path: 'active', value: false }], { active: false }),
    org('ana@acme.com', { status: 'deactivated', accountStatus: 'inactive' }),
    patch('Users/scim-ana', [{ op: 'Replace', value: { active: 'True' } }], { active: true }),
    org('ana@acme.com', { status: 'active' }),
  ],
  'the verbs, the word Operations and the paths are taken in any case': [
    {
      call: `PATCH ${scim}/Users/scim-ana`,
      body: { schemas: [patchOp], operations: [{ op: 'REPLACE', path: 'Title', value: 'Lead' }] },
      status: 200,
      answer: { title: 'Lead', department: 'Payments' },
    },
  ],
  'dotted paths and the enterprise extension reach the same attributes': [
    patch('Users/scim-ana', [{ op: 'replace', path: 'name.familyName', value: 'Diaz' }], {
      name: { givenName: 'Ana', familyName: 'Diaz' },
    }),
    patch(
      'Users/scim-ana',
      [{ op: 'add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'Risk' }],
      { department: 'Risk' },
    ),
    patch('Users/scim-ana', [{ op: 'replace', path: 'nonsense', value: 1 }], { scimType: 'invalidPath' }, 400),
  ],
  'the type of an address, further addresses, phone numbers and all parts of a name are kept': [
    {
      call: `PUT ${scim}/Users/scim-ana`,
      body: person('ana@acme.com', {
        name: { formatted: 'Dr Ana B Ruiz Sr', middleName: 'B', honorificPrefix: 'Dr', honorificSuffix: 'Sr' },
        emails: [{ value: 'ana@acme.com', type: 'office', primary: true }, { value: 'ana@home.org' }],
        phoneNumbers: [{ value: '+1 555', type: 'work', primary: true }],
      }),
      status: 200,
      answer: {
        name: { formatted: 'Dr Ana B Ruiz Sr', middleName: 'B', honorificPrefix: 'Dr', honorificSuffix: 'Sr' },
        emails: [{ value: 'ana@acme.com', type: 'office', primary: true }, { value: 'ana@home.org' }],
        phoneNumbers: [{ value: '+1 555', type: 'work', primary: true }],
      },
    },
    patch('Users/scim-ana', [{ op: 'replace', path: 'emails[type eq "office"].value', value: 'a.ruiz@acme.com' }], {
      emails: [{ value: 'a.ruiz@acme.com', type: 'office', primary: true }, { value: 'ana@home.org' }],
    }),
    patch('Users/scim-ana', [{ op: 'add', path: 'emails', value: [{ value: 'ana@acme.com', primary: true }] }], {
      emails: [
        { value: 'a.ruiz@acme.com', primary: false },
        { value: 'ana@home.org', primary: false },
        { value: 'ana@acme.com', primary: true },
      ],
    }),
    org('ana@acme.com', { accountId: '712020:ana' }),
    patch('Users/scim-ana', [{ op: 'remove', path: 'emails[value eq "ana@home.org"]' }], {
      emails: [{ value: 'a.ruiz@acme.com' }, { value: 'ana@acme.com' }],
    }),
  ],
  'an add to a name leaves the parts that it does not name': [
    patch('Users/scim-ana', [{ op: 'add', path: 'name', value: { middleName: 'B' } }], {
      name: { givenName: 'Ana', middleName: 'B', familyName: 'Ruiz' },
    }),
  ],
  'the groups of a user are read-only': [
    patch('Users/scim-ana', [{ op: 'replace', path: 'groups', value: [] }], { scimType: 'mutability' }, 400),
  ],
  'attributes and excludedAttributes choose what is shown, and exclude each other': [
    {
      call: `GET ${scim}/Users/scim-ana?attributes=userName,emails.value`,
      status: 200,
      answer: { id: 'scim-ana', userName: 'ana@acme.com', emails: [{ value: 'ana@acme.com' }] },
    },
    {
      call: `GET ${scim}/Users?attributes=userName&excludedAttributes=title`,
      status: 400,
      answer: { scimType: 'invalidValue' },
    },
  ],
  'PUT cleans what it leaves out': [
    {
      call: `PUT ${scim}/Users/scim-ana`,
      body: person('ana@acme.com'),
      status: 200,
      answer: { displayName: 'Some One' },
    },
    { call: `GET ${scim}/Users?filter=externalId%20eq%20%22e-ana%22`, status: 200, answer: { totalResults: 0 } },
  ],
  'DELETE deactivates the account and gives up the link for good': [
    { call: `DELETE ${scim}/Users/scim-ana`, status: 204 },
    { call: `GET ${scim}/Users/scim-ana`, status: 404 },
    org('ana@acme.com', { status: 'deactivated', managementSource: 'invited' }),
    {
      call: `POST ${scim}/Users`,
      body: person('ana@acme.com'),
      status: 201,
      answer: { [atlassian]: { atlassianAccountId: '712020:ana' } },
    },
  ],
  'an e-mail of another account is refused': [
    patch(
      'Users/scim-ana',
      [{ op: 'replace', path: 'emails', value: [{ value: 'hid@acme.com', primary: true }] }],
      { status: '409' },
      409,
    ),
  ],
  'members are added and removed, in both forms': [
    patch('Groups/scim-staff', [{ op: 'add', path: 'members', value: [{ value: 'scim-leo' }] }], {
      members: [{ value: 'scim-ana' }, { value: 'scim-leo' }],
    }),
    patch('Groups/scim-staff', [{ op: 'remove', path: 'members[value eq "scim-ana"]' }], {
      members: [{ value: 'scim-leo' }],
    }),
    patch('Groups/scim-staff', [{ op: 'remove', path: 'members', value: [{ value: 'scim-leo' }] }], { members: [] }),
    patch('Groups/scim-staff', [{ op: 'add', path: 'members', value: [{ value: 'nobody' }] }], { status: '404' }, 404),
  ],
  'a remove without a value empties the group': [
    patch('Groups/scim-staff', [{ op: 'remove', path: 'members' }], { members: [] }),
  ],
  'the external id of a group is written, and PUT cleans it': [
    patch('Groups/scim-staff', [{ op: 'add', path: 'externalId', value: 'x-1' }], { externalId: 'x-1' }),
    patch('Groups/scim-staff', [{ op: 'replace', value: { externalId: 'x-2' } }], { externalId: 'x-2' }),
    { call: `PUT ${scim}/Groups/scim-staff`, body: { displayName: 'idp-staff', externalId: 'x-3' }, status: 200 },
    patch('Groups/scim-staff', [], { externalId: 'x-3', members: [] }),
  ],
  'the name of a group does not change': [
    patch('Groups/scim-staff', [{ op: 'replace', path: 'displayName', value: 'other' }], { displayName: 'idp-staff' }),
  ],
  'a name that the organization has is 409': [
    { call: `POST ${scim}/Groups`, body: { displayName: 'Pay-Devs' }, status: 409 },
  ],
  'a group named like a default group is taken, and not synced': [
    {
      call: `POST ${scim}/Groups`,
      body: { displayName: 'jira-users-acme', members: [{ value: 'scim-leo' }] },
      status: 201,
      answer: { members: [{ value: 'scim-leo' }] },
    },
    {
      call: `POST ${directory}/users/search`,
      body: { accountIds: ['712020:leo'], groupIds: ['0f1e2d3c-0000-4000-8000-000000000010'] },
      status: 200,
      answer: { data: [] },
    },
  ],
  'a missing key is 401, a wrong one or that of the organization 403': [
    { call: `GET ${scim}/Users`, as: '', status: 401, answer: { error: 'Unauthorized' } },
    { call: `GET ${scim}/Users`, as: 'Bearer nonsense', status: 403 },
    { call: `GET ${scim}/Users`, as: 'Bearer acme-organization-key', status: 403 },
  ],
  'a method that a path does not take is 405, a schema that is not there 404, a path that nobody describes 501': [
    { call: `DELETE ${scim}/Schemas`, status: 405, answer: { status: '405' } },
    { call: `GET ${scim}/Schemas/urn:none`, status: 404, answer: { status: '404' } },
    { call: `POST ${scim}/Bulk`, body: {}, status: 501, answer: { status: '501' } },
  ],
  'another directory is 404': [{ call: 'GET /scim/directory/other/Users', status: 404 }],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('a SCIM id is neither the account id nor the group id', async () => {
  await withSandbox({}, async (sandbox) => {
    const { body } = await call(sandbox, `POST ${scim}/Users`, person('mia@acme.com'))
    expect(valueAt(body, 'id')).not.toBe(valueAt(body, atlassian, 'atlassianAccountId'))
    expect(sandbox.world.group('idp-staff').groupId).not.toBe('scim-staff')
  })
})

test('what is made says where it stands', async () => {
  await withSandbox({}, async (sandbox) => {
    const user = await call(sandbox, `POST ${scim}/Users?attributes=userName`, person('mia@acme.com'))
    const group = await call(sandbox, `POST ${scim}/Groups`, { displayName: 'idp-new' })
    expect([user, group].map(({ headers }) => headers.get('location'))).toEqual([
      `${sandbox.url}${scim}/Users/${String(valueAt(user.body, 'id'))}`,
      valueAt(group.body, 'meta', 'location'),
    ])
    expect(Object.keys(user.body as object)).toEqual(['schemas', 'id', 'userName'])
  })
})

test('a path that does not take a method says which it takes', async () => {
  await withSandbox({}, async (sandbox) => {
    const { headers } = await call(sandbox, `PUT ${scim}/Users`, {})
    expect([headers.get('allow'), headers.get('content-type')]).toEqual(['GET, POST', 'application/scim+json'])
  })
})

test('what a SCIM user says comes back with the world that was exported', async () => {
  await withSandbox({}, async (sandbox) => {
    const said = {
      name: { formatted: 'Dr Mia K', middleName: 'B', honorificPrefix: 'Dr', honorificSuffix: 'Jr' },
      emails: [{ value: 'mia@acme.com', type: 'office', primary: true }, { value: 'mia@home.org' }],
      phoneNumbers: [{ value: '+1 555', type: 'work' }],
    }
    const { body } = await call(sandbox, `POST ${scim}/Users`, person('mia@acme.com', said))
    const { text } = await call(sandbox, 'GET /_sandbox/world')
    const copy = await startSandbox({ world: parseWorldSeed(text) })
    const again = await call(copy, `GET ${scim}/Users/${String(valueAt(body, 'id'))}`)
    await copy.close()
    expect(again.body).toMatchObject({ userName: 'mia@acme.com', displayName: 'Some One', ...said })
  })
})
