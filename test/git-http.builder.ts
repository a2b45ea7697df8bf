import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { environment } from '../src/config.ts'

/** Repositories over smart HTTP, for one user. */
export interface GitServer {
  /** `http://127.0.0.1:40123` */
  readonly url: string
  /** `POST /access.git/git-receive-pack` */
  readonly requests: readonly string[]
  /** Bodies of answers, in bytes. */
  bytesSent(): number
  close(): Promise<void>
}

export interface GitServerOptions {
  /** Holds bare repositories. */
  readonly directory: string
  readonly username: string
  /** Asked at each request: it may change. */
  readonly password: string | (() => string)
  /** PEM: then it is https. */
  readonly tls?: { readonly certificate: string; readonly privateKey: string }
  /** Of an answer: the connection is cut after so many. */
  readonly mostBytes?: () => number
  /** Answers instead of git where it says so. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** git http-backend behind Basic auth, https://git-scm.com/docs/git-http-backend */
export async function serveGit(options: GitServerOptions): Promise<GitServer> {
  const { password, username, tls, intercept, mostBytes = () => Infinity } = options
  const wanted = (): string => {
    const text = `${username}:${typeof password === 'string' ? password : password()}`
    return `Basic ${Buffer.from(text).toString('base64')}`
  }
  const requests: string[] = []
  let bytes = 0
  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(`${request.method} ${request.url}`)
    if (intercept?.(request, response)) return
    // the name of a scheme has no case, https://www.rfc-editor.org/rfc/rfc9110#section-11.1
    if (request.headers.authorization?.replace(/^basic /i, 'Basic ') === wanted())
      return answer(request, response, { ...options, mostBytes, onBytes: (count) => void (bytes += count) })
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
  }
  const server = tls ? createTlsServer({ cert: tls.certificate, key: tls.privateKey }, listen) : createServer(listen)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    bytesSent: () => bytes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type AnswerOptions = Pick<GitServerOptions, 'directory' | 'username'> & {
  readonly mostBytes: () => number
  readonly onBytes: (count: number) => void
}

function answer(request: IncomingMessage, response: ServerResponse, options: AnswerOptions): void {
  const child = spawn('git', ['http-backend'], { env: backendEnvironment(request, options), stdio: 'pipe' })
  child.stderr.resume()
  // git ends as soon as it knows enough
  child.stdin.on('error', () => {})
  request.pipe(child.stdin)
  let head = Buffer.alloc(0)
  let isBody = false
  let left = options.mostBytes()
  child.stdout.on('data', (chunk: Buffer) => {
    if (!isBody) {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      isBody = true
      writeHead(head.toString('latin1', 0, end), response)
    }
    const body = head.length > 0 ? head.subarray(head.indexOf('\r\n\r\n') + 4) : chunk
    head = Buffer.alloc(0)
    options.onBytes(body.length)
    response.write(body.subarray(0, left))
    left -= body.length
    if (left < 0) response.socket?.end()
  })
  child.on('close', () => response.end())
}

function backendEnvironment(
  { headers, method = 'GET', url = '/' }: IncomingMessage,
  { directory, username }: AnswerOptions,
): Readonly<Record<string, string>> {
  const { pathname, search } = new URL(url, 'http://localhost')
  const given = {
    CONTENT_TYPE: headers['content-type'],
    CONTENT_LENGTH: headers['content-length'],
    HTTP_CONTENT_ENCODING: headers['content-encoding'],
    GIT_PROTOCOL: headers['git-protocol'] as string | undefined,
    PATH: environment()['PATH'],
  }
  return {
    ...Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    GIT_PROJECT_ROOT: directory,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: method,
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    // whoever is signed in may push
    REMOTE_USER: username,
  }
}

/** What a CGI program prints is a head, an empty line, and the body. */
function writeHead(head: string, response: ServerResponse): void {
  const pairs = head.split('\r\n').map((line) => line.split(': ') as [string, string])
  const status = pairs.find(([name]) => name === 'Status')?.[1] ?? '200'
  for (const [name, value] of pairs) if (name !== 'Status') response.setHeader(name, value)
  response.writeHead(Number(status.slice(0, 3)))
}
