/** How a person breaks an instance of `npm run local` from another terminal: a small server beside the AWS, and its client. */
import { createServer, type IncomingMessage } from 'node:http'
import { listen } from './aws/listen.ts'
import { type Fault, faults, isFault } from './instance/instance-faults.ts'
import type { Instance } from './instance.ts'

/** Where the server listens, for the terminal that has sourced the environment. */
export const controlVariable = 'LOCAL_CONTROL_URL'

export interface Control {
  readonly url: string
  stop(): Promise<void>
}

/**
 * `GET /` lists instances and what is broken, `PUT /<instance>/<fault>` breaks, `DELETE /<instance>/<fault>` mends. On this machine
 * only; and neither PUT nor DELETE can be had from a browser by a page of somebody else's.
 */
export async function openControl(instances: () => readonly Instance[]): Promise<Control> {
  const server = createServer((request, response) => {
    const { status, body } = answer(request, instances())
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const port = await listen(server, 0)
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

function answer({ method, url = '/' }: IncomingMessage, instances: readonly Instance[]): Answer {
  const running = instances.filter((instance) => instance.isRunning())
  const [, instanceId = '', fault = ''] = url.split('/')
  if (instanceId === '') return { status: 200, body: running.map(described) }
  const instance = running.find((one) => one.instanceId === instanceId)
  if (instance === undefined) {
    const known = running.map((one) => one.instanceId).join(', ') || 'none'
    return { status: 404, body: { error: `No instance ${instanceId} runs here. Those that do: ${known}.` } }
  }
  if (!isFault(fault)) {
    const known = Object.keys(faults).join(', ')
    return { status: 400, body: { error: `${fault} is nothing that can break. What can: ${known}.` } }
  }
  if (method === 'PUT') instance.inject(fault)
  else if (method === 'DELETE') instance.mend(fault)
  else return { status: 405, body: { error: 'PUT breaks, DELETE mends.' } }
  return { status: 200, body: described(instance) }
}

interface Described {
  readonly instanceId: string
  readonly broken: readonly Fault[]
}

function described(instance: Instance): Described {
  return { instanceId: instance.instanceId, broken: instance.broken() }
}

/** Breaks or mends, and answers what is broken afterwards. Throws with what to type instead. */
export async function orderControl(
  url: string | undefined,
  method: 'PUT' | 'DELETE',
  instanceId: string,
  fault: string,
): Promise<string> {
  if (url === undefined)
    throw new Error(`${controlVariable} is not set: source the file that \`npm run local\` names.`)
  const response = await fetch(`${url}/${encodeURIComponent(instanceId)}/${encodeURIComponent(fault)}`, {
    method,
  }).catch((cause: unknown) => {
    throw new Error(`Nothing answers at ${url}: is \`npm run local\` still running?`, { cause })
  })
  const body = (await response.json()) as Described & { readonly error?: string }
  if (!response.ok) throw new Error(body.error ?? `status ${response.status}`)
  return `${body.instanceId}: ${body.broken.join(', ') || 'nothing is broken'}`
}
