import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Carries bytes to a port of this machine and back, as long as it is let. */
export interface TcpRelay {
  readonly port: number
  /** Connections that are open and not silenced. */
  connections(): number
  /** All connections: accepted and kept, and nothing goes through any of them before `thaw`. */
  freeze(): void
  thaw(): void
  /** Those that are open now lose all that is sent from here on, in both ways, and nobody is told. New ones work. */
  silence(): void
  /** RST on each that is open. */
  reset(): void
  close(): Promise<void>
}

interface Link {
  readonly client: Socket
  readonly server: Socket
  silent: boolean
}

export async function startTcpRelay(targetPort: number): Promise<TcpRelay> {
  const links = new Set<Link>()
  let frozen = false
  const relay = createServer({ noDelay: true }, (client) => {
    const link: Link = {
      client,
      server: connect({ port: targetPort, host: '127.0.0.1', noDelay: true }),
      silent: false,
    }
    links.add(link)
    join(link, () => links.delete(link))
    if (frozen) pause(link)
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  return {
    port: (relay.address() as AddressInfo).port,
    connections: () => [...links].filter(({ silent }) => !silent).length,
    freeze: () => {
      frozen = true
      for (const link of links) pause(link)
    },
    thaw: () => {
      frozen = false
      for (const { client, server } of links) for (const socket of [client, server]) socket.resume()
    },
    silence: () => {
      for (const link of links) link.silent = true
    },
    reset: () => {
      for (const { client } of links) client.resetAndDestroy()
    },
    close: async () => {
      for (const { client, server } of links) for (const socket of [client, server]) socket.destroy()
      relay.close()
      await once(relay, 'close')
    },
  }
}

const pause = ({ client, server }: Link): void => {
  for (const socket of [client, server]) socket.pause()
}

function join(link: Link, over: () => void): void {
  const { client, server } = link
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.on('data', (chunk) => void (link.silent || to.write(chunk)))
    from.on('end', () => void (link.silent || to.end()))
    // the other side is told in its own way: by 'close'
    from.on('error', () => undefined)
    from.on('close', () => {
      over()
      if (!link.silent) to.destroy()
      else if (from === client) server.destroy()
    })
  }
}
