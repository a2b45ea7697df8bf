import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'

export interface Listener {
  readonly port: number
  /** Ends the connections that are open. */
  close(): Promise<void>
}

/**
 * Listens until it is closed. Connections are counted here: http knows neither those whose TLS handshake is not over
 * nor tunnels, and a server with such a one open would not close.
 * @param port 0 takes a free one
 * @throws Error where the port is taken (`code` EADDRINUSE)
 */
export async function listen(server: Server, port: number, host: string): Promise<Listener> {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.listen(port, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      if (!server.listening) return
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
