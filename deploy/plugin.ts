/**
 * Our Serverless plugin: `deploy` ends with the chosen groups enrolled, `remove` begins with all of them given back. (No custom resource does it: one
 * that fails on deletion leaves a stack that cannot be removed. Without the plugin, the sweep enrols within five minutes.)
 */
import type { AutoScalingClientConfig } from '@aws-sdk/client-auto-scaling'
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { AwsApi } from '../src/aws/api.ts'
import { connect } from '../src/aws/sdk.ts'
import { enrol } from '../src/enrolment/enrol.ts'
import type { Wanted } from '../src/enrolment/plan.ts'
import { forget, type Scope, surveyWithdrawal, withdraw } from '../src/enrolment/withdraw.ts'
import { oneLine, visible } from '../src/visible.ts'
import { keepLogs } from './log-groups.ts'
import type { Settings } from './parameters.ts'
import {
  alarmReport,
  enrolmentReport,
  hooksLeft,
  instanceReport,
  noGroupsGiven,
  openActions,
  ownHookReport,
  withdrawalReport,
} from './report.ts'

/** The few things of Serverless that are used. */
interface Serverless {
  readonly service: {
    readonly service: string
    readonly custom: { readonly guard: { readonly settings: Settings } }
  }
  readonly classes: { readonly Error: new (message: string, code: string) => Error }
  getProvider(name: 'aws'): {
    getStage(): string
    getRegion(): string
    readonly naming: { getStackName(): string }
    getAwsSdkV3Config(): Promise<{
      readonly credentials: NonNullable<AutoScalingClientConfig['credentials']>
    }>
    getCloudFormationClient(): Promise<CloudFormationClient>
  }
}

interface Utilities {
  readonly log: { notice(message?: string): void; warning(message: string): void }
}

export default class Enrolment {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>
  readonly #serverless: Serverless
  readonly #log: Utilities['log']

  constructor(serverless: Serverless, _options: unknown, { log }: Utilities) {
    this.#serverless = serverless
    this.#log = log
    let removed: Scope | undefined
    this.hooks = {
      'before:deploy:deploy': async () => {
        await this.#seeThatNothingIsOpen()
        await this.#keepLogs()
      },
      'after:deploy:deploy': async () => {
        // Once more: an earlier version's stack had log groups of its own, and took them away just now.
        await this.#keepLogs()
        await this.#enrol()
      },
      'before:remove:remove': async () => {
        removed = await this.#withdraw()
      },
      'after:remove:remove': async () => {
        if (removed) await this.#forget(removed)
      },
    }
  }

  /**
   * A group that is no longer chosen must have no action open: after the deployment nobody could finish it. And that none is chosen any more
   * is more likely an oversight than meant.
   */
  async #seeThatNothingIsOpen(): Promise<void> {
    const scope = await this.#scope()
    if (!scope) return
    const { open, enrolled } = await surveyWithdrawal(await this.#connect(), {
      ...scope,
      except: this.#settings.selections,
    })
    const isMeant = this.#settings.isGuardingNothing
    if (this.#settings.selections.length === 0 && enrolled.length > 0 && !isMeant)
      this.#fail(noGroupsGiven(enrolled))
    if (open.length > 0)
      this.#fail(openActions({ open, withdrawn: [] }, scope.hookName, 'groups that are no longer chosen'))
  }

  async #enrol(): Promise<void> {
    const aws = await this.#connect()
    const scope = await this.#scope()
    if (!scope) return
    const wanted = this.#wanted(scope)
    const enrolled = await enrol(aws, wanted, { trigger: 'deployment' })
    const left = { ...scope, except: wanted.selections }
    const withdrawn = await withdraw(aws, left)
    this.#tell(enrolmentReport(enrolled, wanted))
    this.#tell(withdrawalReport(withdrawn, scope.hookName))
    this.#tell(instanceReport(scope.hookName, scope.instancePolicy))
    this.#tell(ownHookReport(scope.queueArn, scope.notifierRoleArn))
    this.#tell(alarmReport(this.#settings.name, this.#settings.alarmEmail))
    if (withdrawn.open.length > 0)
      this.#fail(openActions(withdrawn, scope.hookName, 'groups that are no longer chosen'))
    await this.#forget(left)
    if (enrolled.refused.length > 0)
      this.#fail(
        `The stack is deployed, but these groups are not guarded: ${enrolled.refused.map(({ groupName }) => groupName).join(', ')}. The reasons are above.`,
      )
  }

  async #withdraw(): Promise<Scope | undefined> {
    const scope = await this.#scope()
    if (!scope) return undefined
    const withdrawn = await withdraw(await this.#connect(), scope)
    if (withdrawn.open.length > 0) this.#fail(openActions(withdrawn, scope.hookName, 'guarded groups'))
    this.#tell(withdrawalReport(withdrawn, scope.hookName))
    return scope
  }

  async #forget(scope: Scope): Promise<void> {
    const open = await forget(await this.#connect(), scope)
    if (open.length > 0) this.#fail(hooksLeft(open, scope.hookName))
  }

  async #keepLogs(): Promise<void> {
    const { name, logRetentionDays } = this.#settings
    const provider = this.#serverless.getProvider('aws')
    const { credentials } = await provider.getAwsSdkV3Config()
    const logs = new CloudWatchLogsClient({ region: provider.getRegion(), credentials })
    await keepLogs(logs, name, logRetentionDays).finally(() => logs.destroy())
  }

  #wanted({ hookName, queueArn, notifierRoleArn }: Deployed): Wanted {
    const { selections, heartbeatSeconds, retain, prefix } = this.#settings
    return {
      selections,
      hookName,
      queueArn,
      notifierRoleArn,
      heartbeatTimeoutSeconds: heartbeatSeconds,
      retain,
      archivePrefix: prefix,
    }
  }

  get #settings(): Settings {
    return this.#serverless.service.custom.guard.settings
  }

  async #connect(): Promise<AwsApi> {
    const provider = this.#serverless.getProvider('aws')
    const { credentials } = await provider.getAwsSdkV3Config()
    return connect(provider.getRegion(), { credentials })
  }

  /** What is deployed now; `undefined` where no stack is, or one that never got so far. */
  async #scope(): Promise<Deployed | undefined> {
    const provider = this.#serverless.getProvider('aws')
    const cloudFormation = await provider.getCloudFormationClient()
    const outputs = await outputsOf(cloudFormation, provider.naming.getStackName())
    const [hookName, queueArn, notifierRoleArn, instancePolicy = ''] = [
      outputs.get('HookName'),
      outputs.get('QueueArn'),
      outputs.get('NotifierRoleArn'),
      outputs.get('InstancePolicy'),
    ]
    if (!hookName || !queueArn || !notifierRoleArn) return undefined
    return { hookName, queueArn, notifierRoleArn, instancePolicy }
  }

  /** Names of groups are others' words. */
  #tell(lines: readonly string[]): void {
    for (const line of lines) this.#log.notice(oneLine(line))
  }

  #fail(message: string): never {
    throw new this.#serverless.classes.Error(visible(message), 'TERMINATION_GUARD')
  }
}

interface Deployed extends Scope {
  readonly notifierRoleArn: string
  readonly instancePolicy: string
}

async function outputsOf(
  cloudFormation: CloudFormationClient,
  StackName: string,
): Promise<ReadonlyMap<string, string>> {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }))
    return new Map(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
    )
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return new Map()
    throw error
  }
}
