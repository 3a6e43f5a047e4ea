/** The process in which a packaged handler runs. Started by `environment.ts` with the bundle as its argument. */
import { pathToFileURL } from 'node:url'
import { endOfOutput, type InvokeMessage, type RuntimeMessage } from './protocol.ts'

type Handler = (event: unknown, context: object) => unknown

const began = performance.now()
const bundle = process.argv[2] ?? ''
const environment = process.env

function tell(message: RuntimeMessage): void {
  process.send?.(message)
}

async function load(): Promise<Handler> {
  const module = (await import(pathToFileURL(bundle).href)) as {
    handler?: Handler
    default?: { handler?: Handler }
  }
  const handler = module.handler ?? module.default?.handler
  if (typeof handler !== 'function') throw new Error(`${bundle} exports no handler`)
  return handler
}

function contextOf({ requestId, deadline }: InvokeMessage): object {
  return {
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: environment.LOCAL_FUNCTION_ARN,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${environment.AWS_LAMBDA_FUNCTION_NAME}`,
    logStreamName: `local/${process.pid}`,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId } = message
  const start = performance.now()
  const elapsed = () => performance.now() - start
  try {
    const answer = JSON.stringify(await handler(JSON.parse(message.event), contextOf(message)))
    tell({ is: 'answered', requestId, answer, durationMs: elapsed() })
  } catch (error) {
    tell({ is: 'failed', requestId, error: String(error), durationMs: elapsed() })
  }
  process.stdout.write(`\n${endOfOutput(requestId)}\n`)
}

process.on('disconnect', () => process.exit())
try {
  const handler = await load()
  process.on('message', (message: InvokeMessage) => void invoke(handler, message))
  tell({ is: 'ready', initMs: performance.now() - began })
} catch (error) {
  tell({ is: 'broken', error: String(error) })
}
