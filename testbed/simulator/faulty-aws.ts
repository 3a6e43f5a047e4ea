/**
 * The seam as one invocation sees it: each call takes time, and may fail before or after its effect, never be answered, or be
 * the last thing that the invocation ever did.
 */
import type { AwsApi } from '../../src/aws/api.ts'
import { answeredBy } from '../../src/aws/in-front.ts'
import { LATEST_ATTEMPT_MS } from '../../src/aws/time-limit.ts'
import { AwsError } from '../aws-error.ts'
import type { Run } from './run.ts'
import {
  type Operation,
  perform,
  type Service,
  type ServiceSurroundings,
  serviceOf,
  throttlingOf,
} from './seam-operations.ts'
import { second } from './setting.ts'
import type { Surroundings } from './surroundings.ts'
import type { Trouble } from './trouble.ts'
import type { Weather } from './weather.ts'

export interface SeamSurroundings extends Surroundings, ServiceSurroundings {
  readonly counts: { invocations: number; calls: number }
  readonly weather: Weather
  readonly trouble: Trouble
  readonly isHealed: boolean
  readonly functions: { kill(run: Run, why: string): void }
  show(what: 'called', run: Run, operation: Operation, input: object, tookEffect: boolean): void
}

type Fate =
  | 'answered'
  | 'fails before'
  | 'fails after'
  | 'is sent later'
  | 'hangs before'
  | 'hangs after'
  | 'killed before'
  | 'killed after'

/** An AwsApi for one invocation. */
export function connect(world: SeamSurroundings, run: Run): AwsApi {
  return answeredBy((operation, input) => ask(world, run, operation, input as object))
}

function ask(world: SeamSurroundings, run: Run, operation: Operation, input: object): Promise<unknown> {
  // What a killed invocation still computes reaches nobody.
  if (run.isDead) return new Promise(() => {})
  run.calls++
  world.counts.calls++
  const [min, max] = world.setting.callMs
  const slowMs = world.chance.of(world.faults['call-is-slow']) ? world.chance.between(1, 20) * second : 0
  const fate = fateOf(world, run)
  return new Promise((resolve, reject) => {
    world.time.after(world.chance.between(min, max) + slowMs, () => {
      if (run.isDead) return
      const outcome = happen(world, run, operation, input, fate)
      if (!outcome || run.isDead) return
      if ('error' in outcome) reject(outcome.error)
      else resolve(outcome.answer)
      world.time.wake()
    })
  })
}

/**
 * The invocation has given up on a call that waits for its turn (a retry, the rate that a client has learned), and its environment is
 * frozen. What thaws with a later invocation goes on, and its answer reaches nobody; the SDK sends nothing that is older than a pass.
 */
function sendLater(world: SeamSurroundings, run: Run, operation: Operation, input: object): void {
  const { time, chance, trace } = world
  trace?.note('fault', `${operation} of invocation ${run.number} waits for its turn`)
  hinder(world, run, operation, input)
  world.trouble.withoutAnswer()
  time.after(chance.logBetween(second, LATEST_ATTEMPT_MS), () => {
    // What was killed has no environment any more.
    if (run.isDead || world.isHealed) return
    trace?.note('fault', `${operation} of invocation ${run.number} is sent at last`)
    const outcome = attempt(() => perform(world, run, operation, input))
    world.show('called', run, operation, input, 'answer' in outcome)
  })
}

type Outcome = { readonly answer: unknown } | { readonly error: unknown }

function happen(
  world: SeamSurroundings,
  run: Run,
  operation: Operation,
  input: object,
  fate: Fate,
): Outcome | undefined {
  const refusal = fate === 'fails before' ? unavailable() : refusedByWeather(world, operation)
  if (fate === 'is sent later') {
    sendLater(world, run, operation, input)
    return undefined
  }
  const hasEffect = !refusal && fate !== 'hangs before' && fate !== 'killed before'
  const outcome = hasEffect ? attempt(() => perform(world, run, operation, input)) : undefined
  world.show('called', run, operation, input, outcome !== undefined && 'answer' in outcome)
  if (refusal || fate !== 'answered') {
    hinder(world, run, operation, input)
    world.trace?.note('fault', `${operation} of invocation ${run.number}: ${refusal?.name ?? fate}`)
  }
  if (fate === 'killed before' || fate === 'killed after') world.functions.kill(run, fate)
  if (fate.startsWith('hangs')) {
    world.trouble.withoutAnswer()
    return undefined
  }
  if (refusal) return { error: refusal }
  return fate === 'fails after' ? { error: unavailable() } : outcome
}

/** What a checker of holds must know of. */
function hinder(world: SeamSurroundings, run: Run, operation: Operation, input: object): void {
  if (operation === 'recordLifecycleActionHeartbeat') troubled(world, input)
  if (operation === 'changeMessageVisibility' || operation === 'describeLifecycleHooks')
    for (const { truth } of run.messages) if ('instanceId' in truth) world.trouble.withLook(truth.instanceId)
}

function attempt(work: () => unknown): Outcome {
  try {
    return { answer: work() }
  } catch (error) {
    return { error }
  }
}

function fateOf({ chance, faults }: Surroundings, run: Run): Fate {
  if (run.dies && run.calls === run.dies.atCall)
    return run.dies.afterEffect ? 'killed after' : 'killed before'
  if (chance.of(faults['call-fails-before-its-effect'])) return 'fails before'
  if (chance.of(faults['call-fails-after-its-effect'])) return 'fails after'
  if (chance.of(faults['call-is-sent-later'])) return 'is sent later'
  if (chance.of(faults['call-hangs'])) return chance.of(0.5) ? 'hangs before' : 'hangs after'
  return 'answered'
}

function refusedByWeather(
  { weather, setting }: SeamSurroundings,
  operation: Operation,
): AwsError | undefined {
  const service = serviceOf[operation]
  if (weather.isThrottled(service)) return throttlingOf(service)
  if (weather.is('an-operation-is-denied', operation)) return deniedBy(service, operation)
  switch (service) {
    case 'ssm':
      return refusedBySsm(weather, operation)
    case 's3':
      return refusedByS3(weather, setting.encryption, operation)
    case 'ec2':
      return weather.is('ec2-denies-for-good') ? deniedBy(service, operation) : undefined
    case 'autoscaling':
      return operation === 'recordLifecycleActionHeartbeat' && weather.is('heartbeats-are-denied-for-good')
        ? deniedBy(service, operation)
        : undefined
    case 'sqs':
      return undefined
  }
}

function refusedBySsm(weather: Weather, operation: Operation): AwsError | undefined {
  if (weather.is('ssm-is-down')) return unavailable()
  if (weather.is('ssm-denies-for-good')) return deniedBy('ssm', operation)
  if (operation !== 'sendCommand') return undefined
  if (weather.is('sending-fails-for-good')) return throttlingOf('ssm')
  if (weather.is('sending-is-denied-for-good')) return deniedBy('ssm', operation)
  return weather.is('document-is-gone-for-good') ? new AwsError('InvalidDocument', '') : undefined
}

function refusedByS3(
  weather: Weather,
  encryption: string | undefined,
  operation: Operation,
): AwsError | undefined {
  const refusal = (code: string, message: string, status: number) =>
    refusedByBucket(operation, code, message, status)
  if (weather.is('s3-is-down')) return unavailable()
  if (weather.is('s3-denies') || weather.is('s3-denies-for-good')) return deniedBy('s3', operation)
  if (weather.is('bucket-is-gone-for-good'))
    return refusal('NoSuchBucket', 'The specified bucket does not exist', 404)
  if (weather.is('bucket-is-elsewhere-for-good'))
    return refusal('PermanentRedirect', 'The bucket must be addressed using the specified endpoint.', 301)
  const isKeyUsed = encryption === 'aws:kms' && operation !== 'listObjectsV2'
  if (isKeyUsed && weather.is('key-is-disabled-for-good'))
    return refusal('KMS.DisabledException', 'The key is disabled.', 400)
  return undefined
}

/** HeadObject has no body to its errors: all that it tells is the status. */
function refusedByBucket(operation: Operation, code: string, message: string, status: number): AwsError {
  return operation === 'headObject'
    ? new AwsError(status === 404 ? 'NotFound' : String(status), 'UnknownError', status)
    : new AwsError(code, message, status)
}

/** How a service says that a right is missing. */
function deniedBy(service: Service, operation: Operation): AwsError {
  switch (service) {
    case 's3':
      return refusedByBucket(operation, 'AccessDenied', 'Access Denied', 403)
    case 'ec2':
      return new AwsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403)
    case 'ssm':
      return new AwsError('AccessDeniedException', NOT_AUTHORIZED, 400)
    case 'autoscaling':
    case 'sqs':
      return new AwsError('AccessDenied', NOT_AUTHORIZED, 403)
  }
}

const NOT_AUTHORIZED = 'User is not authorized to perform this action'

function unavailable(): AwsError {
  return new AwsError('ServiceUnavailable', 'Service is unavailable, or its answer was lost', 503)
}

function troubled(
  { region, trouble }: SeamSurroundings,
  input: { LifecycleActionToken?: string; InstanceId?: string },
): void {
  const action = region.actions.get(input.LifecycleActionToken ?? '')
  trouble.with(input.InstanceId ?? action?.instance.id ?? '')
}
