import { connect } from 'node:net'
import { ProxyAgent, request, type Dispatcher } from 'undici'
import { exampleCredentials } from './example-world.builder.ts'
import type { Sandbox, SandboxOptions } from './start-sandbox.ts'
import { withSandbox } from './story.builder.ts'

type Credential = keyof typeof exampleCredentials

export interface Reached {
  readonly status: number
  readonly body: unknown
  readonly link: string | undefined
}

/** GET with the credential of `exampleWorld` that is named. */
export async function get(url: string, dispatcher: Dispatcher, as: Credential = 'token'): Promise<Reached> {
  const { statusCode, body, headers } = await request(url, {
    dispatcher,
    headers: { authorization: exampleCredentials[as] },
  })
  const text = await body.text()
  const link = headers['link']
  return { status: statusCode, body: text === '' ? undefined : JSON.parse(text), link: link?.toString() }
}

/** A client that knows nothing of the sandbox but its proxy and its authority. */
export async function throughProxy(
  act: (get: (url: string, as?: Credential) => Promise<Reached>, sandbox: Sandbox) => Promise<void>,
  options: Partial<SandboxOptions> = {},
): Promise<void> {
  await withSandbox({ httpsPort: 0, proxyPort: 0, ...options }, async (sandbox) => {
    const dispatcher = new ProxyAgent({
      uri: sandbox.proxyUrl!,
      requestTls: { ca: sandbox.authority! },
      proxyTunnel: true,
    })
    await act((url, as) => get(url, dispatcher, as), sandbox)
    await dispatcher.close()
  })
}

/** Whatever comes back for these bytes, until the server ends the connection. */
export async function say(url: string, bytes: string): Promise<string> {
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(bytes)
  const chunks: string[] = []
  for await (const chunk of socket.setEncoding('utf8')) chunks.push(chunk as string)
  return chunks.join('')
}
