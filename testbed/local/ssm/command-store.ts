import type { EventBridgeEvent } from '../../auto-scaling/auto-scaling.ts'
import type { Machine, ShellResult } from '../machine.ts'
import { type DocumentContent, parseContent, type Script } from './document-content.ts'
import { publicDocuments } from './public-documents.ts'

/** A Command document. */
export interface Document {
  readonly name: string
  /** An account, or `Amazon`. */
  readonly owner: string
  /** Version 1 first; never empty. */
  readonly versions: DocumentVersion[]
  /** The number of the version that runs where nobody asks for one. */
  standard: number
}

export interface DocumentVersion {
  readonly text: string
  readonly content: DocumentContent
  readonly createdAt: number
}

/** Where an invocation stands, as StatusDetails has it. */
export type StatusDetails =
  | 'Pending'
  | 'InProgress'
  | 'Success'
  | 'Failed'
  | 'Cancelled'
  /** It never had its turn, since too many others failed. */
  | 'Terminated'
  | 'Cancelling'
  | 'DeliveryTimedOut'
  | 'ExecutionTimedOut'

/** One command on one instance. */
export interface Invocation {
  readonly instanceId: string
  statusDetails: StatusDetails
  /** Whether it was sent to the instance's agent, which may not have fetched it yet. */
  hadTurn: boolean
  startedAt: number | undefined
  endedAt: number | undefined
  result: ShellResult | undefined
  /** Ends the processes of a run that is under way. */
  kill: (() => void) | undefined
}

/** Instances by id, or by a tag. */
export interface Target {
  readonly Key?: string
  readonly Values?: readonly string[]
}

/** One SendCommand. */
export interface Command {
  readonly id: string
  readonly documentName: string
  readonly documentVersion: string
  readonly targets: readonly Target[]
  readonly pluginName: string
  readonly comment: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
  /** Run one after the other. */
  readonly scripts: readonly Script[]
  readonly requestedAt: number
  /** How long it may wait for the agent. */
  readonly deliveryMs: number
  /** How long the scripts may run. */
  readonly executionMs: number
  /** Where the agent puts the whole output, besides what the API shows of it. */
  readonly outputTo: { readonly bucket: string; readonly prefix: string } | undefined
  /** Numbers, or percentages of the instances. */
  readonly maxConcurrency: string
  readonly maxErrors: string
  readonly invocations: readonly Invocation[]
}

export interface SsmOptions {
  readonly region: string
  readonly accountId: string
  readonly newId: () => string
  readonly now: () => number
  /** How long a command stays unseen by GetCommandInvocation and the listings. */
  readonly lagMs: number
  /** What EC2 has running under this id; `undefined` when it is not there, or on its way out. */
  readonly machine: (instanceId: string) => Machine | undefined
  /** Resolves when EC2 has done with the machine what it was asked to: a disk that is attached is there, a boot is over. */
  readonly ready: (instanceId: string) => Promise<void>
  /** Ids of all instances that EC2 runs. */
  readonly instanceIds: () => readonly string[]
  /** As EC2 has them. */
  readonly tagsOf: (instanceId: string) => Readonly<Record<string, string>>
  readonly publish: (event: EventBridgeEvent) => void
  /** Writes an object, as the agent does with its instance's role. */
  readonly putObject: (bucket: string, key: string, text: string) => Promise<void>
}

/** Systems Manager's Run Command, for one account in one Region. */
export interface Ssm {
  readonly options: SsmOptions
  readonly documents: Map<string, Document>
  /** Oldest first. */
  readonly commands: Command[]
  /** Instances whose agent has been seen once. Only those can be sent anything. */
  readonly registered: Set<string>
  /** When each was last seen. */
  readonly lastPings: Map<string, number>
}

/** With AWS's own documents in it. */
export function newSsm(options: SsmOptions): Ssm {
  const documents = Object.entries(publicDocuments).map(([name, text]): [string, Document] => {
    const version = { text, content: parseContent(text), createdAt: options.now() }
    return [name, { name, owner: 'Amazon', versions: [version], standard: 1 }]
  })
  return { options, documents: new Map(documents), commands: [], registered: new Set(), lastPings: new Map() }
}

/** Whether nothing more will happen to the invocation. */
export function isOver({ statusDetails }: Invocation): boolean {
  return statusDetails !== 'Pending' && statusDetails !== 'InProgress' && statusDetails !== 'Cancelling'
}
