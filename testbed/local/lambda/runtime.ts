/** The process in which a handler of JavaScript runs. Started by `execution-environment.ts` with its file and its name. */
import { createRequire, registerHooks } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { endOfOutput, type InvokeMessage, type RuntimeMessage } from './protocol.ts'

type Callback = (error: unknown, answer: unknown) => void
type Handler = (event: unknown, context: object, callback?: Callback) => unknown

const began = performance.now()
const [, , bundle = '', name = 'handler'] = process.argv
const environment = process.env

function tell(message: RuntimeMessage): void {
  process.send?.(message)
}

async function load(): Promise<Handler> {
  process.chdir(dirname(bundle))
  const module = (await import(pathToFileURL(bundle).href)) as Record<string, unknown>
  const standard = module.default as Record<string, unknown> | undefined
  const handler = (module[name] ?? standard?.[name]) as Handler | undefined
  if (typeof handler !== 'function') throw new Error(`${bundle} exports no ${name}`)
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

/** Lambda's runtime brings the AWS SDK along: who has none of their own finds it. */
function lendSdk(): void {
  const require = createRequire(import.meta.url)
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context)
      } catch (error) {
        if (!specifier.startsWith('@aws-sdk/')) throw error
        const isImport = context.conditions.includes('import')
        const url = isImport ? import.meta.resolve(specifier) : pathToFileURL(require.resolve(specifier)).href
        return { url, shortCircuit: true }
      }
    },
  })
}

/** A third parameter is what handlers answered with before there were promises. */
function call(handler: Handler, event: unknown, context: object): unknown {
  if (handler.length < 3) return handler(event, context)
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, answer) => (error ? reject(error) : resolve(answer))
    handler(event, context, callback)
  })
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId } = message
  const start = performance.now()
  const elapsed = () => performance.now() - start
  try {
    const answer = JSON.stringify(await call(handler, JSON.parse(message.event), contextOf(message)))
    tell({ is: 'answered', requestId, answer, durationMs: elapsed() })
  } catch (error) {
    tell({ is: 'failed', requestId, error: String(error), durationMs: elapsed() })
  }
  process.stdout.write(`\n${endOfOutput(requestId)}\n`)
}

process.on('disconnect', () => process.exit())
lendSdk()
try {
  const handler = await load()
  process.on('message', (message: InvokeMessage) => void invoke(handler, message))
  tell({ is: 'ready', initMs: performance.now() - began })
} catch (error) {
  tell({ is: 'broken', error: String(error) })
}
