import { expect, test } from 'vitest'
import { call, valueAt } from './sandbox-client.builder.ts'
import { tell, withSandbox, type Step } from './story.builder.ts'

const api = '/rest/api/3'
const developers = `${api}/project/PAY/role/10001`

const stories: Readonly<Record<string, readonly Step[]>> = {
  'user/search shows nobody who is not active, and users/search everybody': [
    { call: `GET ${api}/user/search?query=leo`, status: 200, answer: [] },
    { call: `GET ${api}/user/search?query=off`, status: 200, answer: [] },
    {
      call: `GET ${api}/users/search?maxResults=1000`,
      status: 200,
      answer: [{}, {}, { accountId: '712020:leo' }, {}, {}, { accountId: '712020:off' }, {}],
    },
  ],
  'a person is named by account id, neither by user name nor by key': [
    {
      call: `GET ${api}/user?username=ana`,
      status: 400,
      answer: { errorMessages: ["The 'accountId' query parameter needs to be provided"] },
    },
    { call: `GET ${api}/user/groups?key=ana`, status: 400 },
    { call: `POST ${developers}`, body: { user: ['hid@acme.com'] }, status: 404 },
    { call: `DELETE ${developers}?user=ana@acme.com`, status: 404 },
  ],
  'of a project that is not there a role says the same as a role that is not there': [
    { call: `GET ${api}/project/NONE/role/10001`, status: 404 },
    { call: `GET ${api}/project/PAY/role/99999`, status: 404 },
  ],
}

test.each(Object.entries(stories))('%s', async (_, steps) => {
  await expect(tell(steps)).resolves.toBeUndefined()
})

test('the id of an actor is good for nothing: project, role and account name it', async () => {
  await withSandbox({}, async (sandbox) => {
    const actorId = async (role: string) =>
      valueAt((await call(sandbox, `GET ${api}/project/${role}`)).body, 'actors', 0, 'id') as number
    const [pay, team] = [await actorId('PAY/role/10002'), await actorId('TEAM/role/10360')]
    // the same account in two roles
    expect(pay).not.toBe(team)
    expect((await call(sandbox, `DELETE ${api}/project/PAY/role/10002?user=${pay}`)).status).toBe(404)
    expect((await call(sandbox, `DELETE ${api}/project/PAY/role/10002?user=712020:svc`)).status).toBe(204)
    expect(await actorId('TEAM/role/10360')).toBe(team)
  })
})

test('a list that takes too long can be told to answer 409, as that of a big site does', async () => {
  await withSandbox({}, async (sandbox) => {
    sandbox.faults.add({ match: { operation: 'getAllUsers', times: 1 }, effect: { kind: 'html-error', status: 409 } })
    expect((await call(sandbox, `GET ${api}/users/search?maxResults=1000`)).status).toBe(409)
    expect((await call(sandbox, `GET ${api}/users/search?maxResults=100`)).status).toBe(200)
  })
})

test('a limit may give a reason, and no time to wait', async () => {
  await withSandbox({}, async (sandbox) => {
    sandbox.faults.add({ match: { path: api }, effect: { kind: 'rate-limited', reason: 'jira-cost-based' } })
    const { status, headers } = await call(sandbox, `GET ${developers}`)
    expect({ status, reason: headers.get('ratelimit-reason'), wait: headers.get('retry-after') }).toEqual({
      status: 429,
      reason: 'jira-cost-based',
      wait: null,
    })
  })
})
