import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { exampleWorld } from './example-world.builder.ts'
import { call, valueAt } from './sandbox-client.builder.ts'
import { withSandbox } from './story.builder.ts'
import { parseWorldSeed } from './world-seed.ts'
import { createWorld } from './world.ts'

const directory = '/admin/v2/orgs/0f1e2d3c-0000-4000-8000-000000000001/directories/0f1e2d3c-0000-4000-8000-000000000002'

test('the journal tells reads from writes and names the credential, never its secret', async () => {
  await withSandbox({ now: () => 0 }, async (sandbox) => {
    await call(sandbox, `POST ${directory}/users/search`, {})
    await call(sandbox, 'DELETE /rest/api/3/project/PAY/role/10001?user=712020:ana')
    await call(sandbox, 'GET /rest/api/3/myself', undefined, 'Bearer stolen')
    expect(sandbox.journal.entries).toMatchObject([
      {
        at: '1970-01-01T00:00:00.000Z',
        method: 'POST',
        operation: 'searchDirectoryUsers',
        api: 'organization',
        write: false,
        credential: 'ci',
      },
      {
        path: '/rest/api/3/project/PAY/role/10001?user=712020:ana',
        operation: 'deleteActor',
        status: 204,
        write: true,
        credential: 'svc',
      },
      { status: 401, credential: 'unknown' },
    ])
    expect(JSON.stringify(sandbox.journal.entries)).not.toMatch(/stolen|acme-/)
    expect(sandbox.journal.writes()).toHaveLength(1)
    expect((await call(sandbox, 'GET /_sandbox/journal')).body).toHaveLength(3)
    await call(sandbox, 'DELETE /_sandbox/journal')
    expect(sandbox.journal.entries).toEqual([])
  })
})

test('the world is exported as a seed that gives the same world again', async () => {
  await withSandbox({}, async (sandbox) => {
    sandbox.world.addMember('pay-devs', 'hid@acme.com')
    const { text } = await call(sandbox, 'GET /_sandbox/world')
    expect(createWorld(parseWorldSeed(text)).export()).toEqual(sandbox.world.export())
    expect(valueAt(parse(text), 'groups', 2, 'members')).toContain('hid@acme.com')
  })
})

test('a world that is put takes the place of the old one', async () => {
  await withSandbox({}, async (sandbox) => {
    const seed = exampleWorld()
    const response = await fetch(`${sandbox.url}/_sandbox/world`, {
      method: 'PUT',
      body: JSON.stringify({
        ...seed,
        authenticationPolicies: [],
        organization: { ...seed.organization, name: 'Other' },
      }),
    })
    expect(response.status).toBe(204)
    expect((await call(sandbox, 'GET /admin/v1/orgs')).body).toMatchObject({
      data: [{ attributes: { name: 'Other' } }],
    })
  })
})

test('the same seed draws the same ids', async () => {
  const newGroupId = async (seed: number) => {
    let id = ''
    await withSandbox({ seed }, async (sandbox) => {
      await call(sandbox, `POST ${directory}/groups`, { name: 'eng' })
      id = sandbox.world.group('eng').groupId
    })
    return id
  }
  expect(await newGroupId(7)).toBe(await newGroupId(7))
  expect(await newGroupId(7)).not.toBe(await newGroupId(8))
})

test('what is broken behind the back is seen at once', async () => {
  await withSandbox({}, async ({ world }) => {
    const developers = { site: 'acme', project: 'PAY', role: 'Developers' }
    world.removeMember('pay-devs', 'ana@acme.com')
    world.addActor(developers, { user: 'hid@acme.com' })
    world.removeActor(developers, { group: 'pay-devs' })
    world.grantSpace('acme', 'ENG', { user: 'hid@acme.com', permissions: ['read/space'] })
    world.revokeSpace('acme', 'ENG', { group: 'pay-devs' })
    world.setStatus('ana@acme.com', 'deactivated')
    world.addGroup({ id: 'g-new', name: 'new-group', members: ['hid@acme.com'] })
    world.removeGroup('confluence-users-acme')
    expect(world.members('pay-devs')).toEqual(['712020:leo', '557058:app'])
    expect(world.actors(developers)).toEqual(['user:712020:ana', 'user:712020:leo', 'user:712020:hid'])
    expect([...world.site('acme').confluence!.spaces.get('65538')!.access.keys()]).toEqual(['user:712020:hid'])
    expect(world.account('ana@acme.com').accountStatus).toBe('inactive')
    expect(world.members('new-group')).toEqual(['712020:hid'])
    expect(() => world.group('confluence-users-acme')).toThrow('no group')
  })
})

test('OAuth gives tokens for the gateway and rotates refresh tokens', async () => {
  await withSandbox({}, async (sandbox) => {
    const client = { client_id: 'robot-id', client_secret: 'robot-secret' }
    const refresh = { ...client, grant_type: 'refresh_token', refresh_token: 'robot-refresh' }
    const first = await call(sandbox, 'POST /oauth/token', refresh)
    expect(first.body).toMatchObject({ token_type: 'Bearer', refresh_token: expect.stringMatching(/^refresh-/) })
    const bearer = `Bearer ${valueAt(first.body, 'access_token') as string}`
    const resources = await call(sandbox, 'GET /oauth/token/accessible-resources', undefined, bearer)
    const gateway = `/ex/jira/${valueAt(resources.body, 0, 'id') as string}`
    expect((await call(sandbox, `GET ${gateway}/rest/api/3/myself`, undefined, bearer)).status).toBe(200)
    expect((await call(sandbox, 'GET /rest/api/3/myself', undefined, bearer)).status).toBe(401)
    expect((await call(sandbox, 'POST /oauth/token', { ...client, grant_type: 'client_credentials' })).status).toBe(200)
  })
})

const mistakes: Readonly<Record<string, readonly [change: object, message: RegExp]>> = {
  'an unknown field is named with its path': [{ grups: [] }, /must NOT have additional properties \(grups\)/],
  'a missing field is named': [{ organization: { id: 'x' } }, /\/organization must have required property 'name'/],
  'a member that no account has is named with its group': [
    { groups: [{ id: 'a', name: 'a', members: ['who@acme.com'] }] },
    /\/groups\/0: no account who@acme.com/,
  ],
  'two accounts with one e-mail are a mistake': [
    {
      accounts: [
        { id: 'a', email: 'a@acme.com', name: 'A' },
        { id: 'b', email: 'A@acme.com', name: 'B' },
      ],
    },
    /\/accounts\/1: the e-mail A@acme.com comes twice/,
  ],
  'two groups with one name are a mistake': [
    {
      groups: [
        { id: 'a', name: 'x' },
        { id: 'b', name: 'X' },
      ],
    },
    /\/groups\/1: the group name X comes twice/,
  ],
}

test.each(Object.entries(mistakes))('in a seed, %s', (_, [change, message]) => {
  expect(() => createWorld(parseWorldSeed(JSON.stringify({ ...exampleWorld(), ...change })))).toThrow(message)
})
