import { ProxyAgent, request } from 'undici'
import { describe, expect, test } from 'vitest'
import { exampleWorld, type exampleCredentials } from './example-world.builder.ts'
import { valueAt } from './sandbox-client.builder.ts'
import { withSandbox } from './story.builder.ts'
import { say, throughProxy } from './wire.builder.ts'

const cloudId = '0f1e2d3c-0000-4000-8000-000000000004'
const everything = { httpsPort: 0, proxyPort: 0 }

describe('through the proxy, with the authority trusted', () => {
  const answered: Readonly<
    Record<string, readonly [url: string, as: keyof typeof exampleCredentials, status: number]>
  > = {
    'a site answers at its own name': ['https://acme.atlassian.net/rest/api/3/myself', 'token', 200],
    'a site answers Confluence too': ['https://acme.atlassian.net/wiki/api/v2/spaces', 'token', 200],
    'a second site answers at its own name': ['https://second.atlassian.net/_edge/tenant_info', 'token', 200],
    'names of sites may be in capitals': ['https://ACME.atlassian.net/_edge/tenant_info', 'token', 200],
    'a site that the world does not have is 404': ['https://nobody.atlassian.net/_edge/tenant_info', 'token', 404],
    'a site does not answer for the organization': ['https://acme.atlassian.net/admin/v1/orgs', 'organization', 501],
    'a site has no sites below it': ['https://acme.atlassian.net/sites/acme/rest/api/3/myself', 'token', 501],
    'api.atlassian.com answers for the organization': ['https://api.atlassian.com/admin/v1/orgs', 'organization', 200],
    'api.atlassian.com answers SCIM': [
      'https://api.atlassian.com/scim/directory/0f1e2d3c-0000-4000-8000-000000000003/Users',
      'scim',
      200,
    ],
    'api.atlassian.com is the gateway to a site': [
      `https://api.atlassian.com/ex/jira/${cloudId}/rest/api/3/myself`,
      'scopedToken',
      200,
    ],
    'the gateway of one product is not that of the other': [
      `https://api.atlassian.com/ex/confluence/${cloudId}/rest/api/3/myself`,
      'scopedToken',
      501,
    ],
    "the sandbox's own pages are not at Atlassian's names": ['https://acme.atlassian.net/_sandbox/world', 'token', 501],
    'api.atlassian.com is no site': ['https://api.atlassian.com/rest/api/3/myself', 'token', 501],
    'auth.atlassian.com is no site and no gateway': ['https://auth.atlassian.com/admin/v1/orgs', 'organization', 501],
    'http to port 80 of a name arrives as well': ['http://acme.atlassian.net/rest/api/3/myself', 'token', 200],
  }
  test.each(Object.entries(answered))('%s', async (_, [url, as, status]) => {
    const first = exampleWorld()
    const second = { name: 'second', cloudId: 'c2', products: [] }
    const world = { ...first, sites: [...first.sites, second] }
    await throughProxy(async (reach) => expect((await reach(url, as)).status).toBe(status), { world })
  })

  test('a token of auth.atlassian.com opens api.atlassian.com, which does not issue any', async () => {
    await withSandbox(everything, async ({ proxyUrl, authority }) => {
      const dispatcher = new ProxyAgent({ uri: proxyUrl!, requestTls: { ca: authority! } })
      const body = JSON.stringify({
        grant_type: 'refresh_token',
        client_id: 'robot-id',
        client_secret: 'robot-secret',
        refresh_token: 'robot-refresh',
      })
      const post = { dispatcher, method: 'POST', headers: { 'content-type': 'application/json' }, body } as const
      const astray = await request('https://api.atlassian.com/oauth/token', post)
      expect(astray.statusCode).toBe(501)
      await astray.body.dump()
      const issued = await request('https://auth.atlassian.com/oauth/token', post)
      const { access_token: token } = (await issued.body.json()) as { access_token: string }
      const resources = await request('https://api.atlassian.com/oauth/token/accessible-resources', {
        dispatcher,
        headers: { authorization: `Bearer ${token}` },
      })
      expect(await resources.body.json()).toMatchObject([{ id: cloudId, url: 'https://acme.atlassian.net' }])
      await dispatcher.close()
    })
  })

  test('links in answers stay at the name that was asked', async () => {
    await throughProxy(async (reach) => {
      const site = 'https://acme.atlassian.net'
      const gateway = `https://api.atlassian.com/ex/jira/${cloudId}`
      const spaces = await reach(`${site}/wiki/api/v2/spaces?limit=1`)
      expect(spaces.body).toMatchObject({ _links: { base: `${site}/wiki`, next: expect.stringMatching(/^\/wiki\//) } })
      expect(spaces.link).toContain(`<${site}/wiki>; rel="base"`)
      const projects = await reach(`${site}/rest/api/3/project/search?maxResults=1`)
      expect(valueAt(projects.body, 'nextPage')).toMatch(`${site}/rest/api/3/project/search?`)
      expect(valueAt((await reach(valueAt(projects.body, 'nextPage') as string)).body, 'values')).toHaveLength(1)
      expect((await reach(`${site}/rest/api/3/myself`)).body).toMatchObject({
        self: expect.stringMatching(`^${site}/rest/api/3/user`),
      })
      expect((await reach(`${gateway}/rest/api/3/myself`, 'scopedToken')).body).toMatchObject({
        self: expect.stringMatching(`^${gateway}/rest/api/3/user`),
      })
      expect((await reach(`${gateway}/rest/api/3/serverInfo`, 'scopedToken')).body).toMatchObject({ baseUrl: site })
      expect((await reach('https://api.atlassian.com/admin/v1/orgs', 'organization')).body).toMatchObject({
        links: { self: 'https://api.atlassian.com/admin/v1/orgs' },
      })
    })
  })

  test('another name is refused, and the answer says which are not', async () => {
    await throughProxy(async (reach, { proxyUrl }) => {
      await expect(reach('https://example.com/')).rejects.toThrow(/403/)
      const whole = await askWhole(proxyUrl!, 'http://example.com/')
      expect(whole).toMatch(/^HTTP\/1.1 403 /)
      expect(whole).toContain('api.atlassian.com, auth.atlassian.com, *.atlassian.net, not example.com')
      const tunnel = await say(proxyUrl!, 'CONNECT acme.atlassian.net.example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n')
      expect(tunnel).toContain('*.atlassian.net, not acme.atlassian.net.example.com:443')
      const port = await say(proxyUrl!, 'CONNECT acme.atlassian.net:22 HTTP/1.1\r\nhost: x\r\n\r\n')
      expect(port).toMatch(/^HTTP\/1.1 403 /)
    })
  })

  test('a request with the whole URL in its line needs no tunnel', async () => {
    await throughProxy(async (_, { proxyUrl, url, journal }) => {
      expect(await askWhole(proxyUrl!, 'http://acme.atlassian.net/_edge/tenant_info')).toContain(cloudId)
      expect(await askWhole(proxyUrl!, `${url}/_edge/tenant_info`)).toContain(cloudId)
      expect(journal.entries.map(({ status }) => status)).toEqual([200, 200])
    })
  })

  test('what a client sends along with its CONNECT is not lost', async () => {
    await throughProxy(async (_, { proxyUrl }) => {
      const lines = ['CONNECT acme.atlassian.net:80 HTTP/1.1', 'host: acme.atlassian.net:80', '', '']
      const inner = ['GET /_edge/tenant_info HTTP/1.1', 'host: acme.atlassian.net', 'connection: close', '', '']
      expect(await say(proxyUrl!, [...lines, ...inner].join('\r\n'))).toContain(cloudId)
    })
  })
})

function askWhole(proxyUrl: string, url: string): Promise<string> {
  return say(proxyUrl, `GET ${url} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nconnection: close\r\n\r\n`)
}
