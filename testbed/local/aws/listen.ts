import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on this machine only, and answers the port. 0 = any free one. */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  }).catch((error: unknown) => {
    throw explained(error, port)
  })
  return (server.address() as AddressInfo).port
}

/** A port that is taken is told with what to type. */
export function explained(error: unknown, port: number): unknown {
  const isTaken =
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE'
  if (!isTaken) return error
  return new Error(
    `Port ${port} is taken by another program. Stop it (\`lsof -i :${port}\` shows it), ` +
      'or let free ports be chosen, as a second one beside it must: npm run local -- --port 0 --storage-port 0',
    { cause: error },
  )
}
