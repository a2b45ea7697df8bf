import { expect, test } from 'vitest'
import { tell, withSandbox, type Step } from './story.builder.ts'
import { call } from './sandbox-client.builder.ts'

const api = '/rest/api/3'
const payDevs = '0f1e2d3c-0000-4000-8000-000000000012'

const stories: Readonly<Record<string, readonly Step[]>> = {
  'a new role is in every company-managed project, without actors, and in no team-managed one': [
    {
      call: `POST ${api}/role`,
      body: { name: 'Auditors', description: 'They look' },
      status: 200,
      answer: { id: 10300, name: 'Auditors', description: 'They look', actors: [] },
    },
    { call: `GET ${api}/project/PAY/role/10300`, status: 200, answer: { name: 'Auditors', actors: [] } },
    { call: `GET ${api}/project/TEAM/role/10300`, status: 404 },
    { call: `GET ${api}/role/10360`, status: 404 },
  ],
  'a name is taken once, and is not empty or edged with spaces': [
    { call: `POST ${api}/role`, body: { name: 'Developers' }, status: 409 },
    { call: `POST ${api}/role`, body: { name: ' Auditors' }, status: 400 },
    { call: `POST ${api}/role`, body: { description: 'no name' }, status: 400 },
    { call: `PUT ${api}/role/10001`, body: { name: 'Administrators', description: '' }, status: 409 },
  ],
  'POST changes the name or the description, the name where both are given; PUT wants both': [
    {
      call: `POST ${api}/role/10001`,
      body: { name: 'Engineers', description: 'left alone' },
      status: 200,
      answer: { name: 'Engineers', description: '' },
    },
    { call: `POST ${api}/role/10001`, body: { description: 'Build' }, status: 200, answer: { description: 'Build' } },
    { call: `PUT ${api}/role/10001`, body: { name: 'Engineers' }, status: 400 },
    { call: `PUT ${api}/role/10001`, body: { name: 'Makers', description: 'Make' }, status: 200 },
    { call: `GET ${api}/project/PAY/role/10001`, status: 200, answer: { name: 'Makers', description: 'Make' } },
  ],
  'a role in use goes only where another one is named, and takes its actors along': [
    { call: `DELETE ${api}/role/10001`, status: 409 },
    { call: `DELETE ${api}/role/10001?swap=10001`, status: 400 },
    { call: `DELETE ${api}/role/10001?swap=10002`, status: 204 },
    { call: `GET ${api}/role/10001`, status: 404 },
    { call: `GET ${api}/project/PAY/role/10001`, status: 404 },
  ],
  'default actors are users or groups in one call, and change no project that is there': [
    { call: `POST ${api}/role/10001/actors`, body: { user: ['712020:hid'], groupId: [payDevs] }, status: 400 },
    { call: `POST ${api}/role/10001/actors`, body: {}, status: 400 },
    {
      call: `POST ${api}/role/10001/actors`,
      body: { user: ['712020:hid'] },
      status: 200,
      answer: { actors: [{ actorUser: { accountId: '712020:hid' } }] },
    },
    { call: `POST ${api}/role/10001/actors`, body: { user: ['712020:hid'] }, status: 400 },
    { call: `POST ${api}/role/10001/actors`, body: { user: ['712020:leo'] }, status: 404 },
    { call: `DELETE ${api}/project/PAY/role/10001?user=712020:hid`, status: 404 },
  ],
  'the details of roles can be asked for those that the caller has': [
    {
      call: `GET ${api}/project/PAY/roledetails?currentMember=true`,
      status: 200,
      answer: [{ name: 'Administrators' }],
    },
    { call: `GET ${api}/project/PAY/roledetails`, status: 200, answer: [{}, {}] },
  ],
  'taking a default actor away answers the role': [
    { call: `POST ${api}/role/10001/actors`, body: { groupId: [payDevs] }, status: 200 },
    { call: `DELETE ${api}/role/10001/actors?group=pay-devs`, status: 200, answer: { id: 10001, actors: [] } },
    { call: `DELETE ${api}/role/10001/actors?group=pay-devs`, status: 404 },
    { call: `DELETE ${api}/role/10001/actors`, status: 400 },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('new roles and default actors are part of an exported world', async () => {
  await withSandbox({}, async (sandbox) => {
    await call(sandbox, `POST ${api}/role`, { name: 'Auditors', description: 'They look' })
    await call(sandbox, `POST ${api}/role/10300/actors`, { groupId: [payDevs] })
    const seed = sandbox.world.export()
    expect(seed.sites[0]?.jira?.roles).toContainEqual({
      id: 10_300,
      name: 'Auditors',
      description: 'They look',
      defaultActors: { users: [], groups: ['pay-devs'] },
    })
    sandbox.world.replace(seed)
    expect(sandbox.world.export()).toEqual(seed)
  })
})
