/** The nouns: all that is known of a terminating instance, in AWS's words where it has one. Times are epoch milliseconds; sizes bytes. */

/** One pause of one instance by our hook (Auto Scaling's term). */
export interface LifecycleAction {
  readonly groupName: string
  readonly hookName: string
  readonly instanceId: string
  /** Auto Scaling's token; `undefined` for an action that the sweep adopted, which Auto Scaling lets us address by instance. */
  readonly token: string | undefined
  /** When Auto Scaling began to wait: by the notification, the scaling activity or, at the latest, the first flush. It names an adopted one. */
  readonly startedAt: number
}

/** What Auto Scaling says about the pause. `pending`: the instance has not reached the hook yet. */
export type Hold = 'held' | 'pending' | 'over'

/**
 * What EC2 says about the machine. `stopped`: nothing can run on it, and its disk is whole. `unknown`: not asked in this pass,
 * because nothing hinged on it, or not told.
 */
export type Machine = 'alive' | 'stopped' | 'gone' | 'unknown'

/** One log file that must be in S3, as the instance saw it. `path` is absolute on the instance. */
export interface ManifestFile {
  readonly path: string
  readonly size: number
  /** Lower-case hex. */
  readonly md5: string
  /** Lower-case hex; the instance always has it, S3 only sometimes. */
  readonly sha256: string
  /** When the file was last written, by the instance's clock (epoch milliseconds, whole seconds). */
  readonly modifiedAt: number
  /** What S3 keeps of it when it goes up in parts, for a file that one PUT cannot carry. */
  readonly multipart?: MultipartDigests
}

/** The digests of a multipart upload in parts of 8 MiB, which the instance computes before it uploads. */
export interface MultipartDigests {
  /** MD5 of the parts' MD5s, lower-case hex, with `-<parts>`: the ETag that S3 gives. */
  readonly etag: string
  /** SHA-256 of the parts' SHA-256s, base64, with `-<parts>`: the composite ChecksumSHA256 that S3 gives. */
  readonly sha256?: string
}

/**
 * What a flush reports. Everything that held bytes before the flush touched anything is among `files`, or it is named as
 * `live` or `unaccounted` (conservation).
 */
export interface Manifest {
  readonly instanceId: string
  readonly purpose: FlushPurpose
  /** How many files held bytes before the flush touched anything. */
  readonly census: number
  /** How long the machine had been up as the flush reported. Its clock may be off; this is not. Flushes of older versions do not say. */
  readonly uptimeSeconds?: number
  /** Every log file that must be in S3. */
  readonly files: readonly ManifestFile[]
  /** What still grows, or could not be given a rotated name. */
  readonly live: readonly { readonly path: string; readonly size: number }[]
  /** What was there, and nothing in `files` holds its bytes: deleted, changed, unreadable, or not looked at in time. */
  readonly unaccounted: readonly { readonly path: string; readonly size: number; readonly why: string }[]
  /** What an earlier flush of the machine called unaccounted, and `files` hold now. */
  readonly accounted: readonly string[]
  /** Who still has a log open for writing; the name is `unknown` where a log grew and nobody was seen. */
  readonly writers: readonly { readonly path: string; readonly name: string }[]
  /** Things the script wants an operator to read; never decided upon. */
  readonly notes: readonly string[]
}

/**
 * `termination` may stop the writer; `audit` flushes an instance that stays in service and never does; `salvage` takes the logs on a copy
 * of a dead instance's disk.
 */
export type FlushPurpose = 'termination' | 'audit' | 'salvage'

/** What could be read of a flush's standard output. Only `manifest` is ever believed. */
export type Report =
  | {
      readonly kind: 'manifest'
      readonly manifest: Manifest
      /** SHA-256 of the manifest as the flush packed it, lower-case hex. */
      readonly sha256?: string
    }
  | {
      readonly kind: 'unreadable'
      readonly why: string
      /** The error with which AWS refused it: the report may be there all the same. */
      readonly refusal?: unknown
    }

/** One run of our SSM document on the instance (a command invocation). */
export interface Flush {
  readonly commandId: string
  readonly status: 'running' | 'succeeded' | 'failed'
  /** SSM's StatusDetails without spaces, for people. */
  readonly statusDetails: string
  readonly requestedAt: number
  /** Of a salvage, which runs on another machine: the moment at which the disk was copied. It counts as requested then. */
  readonly copiedAt?: number
  /** When the script ended, as the agent reported it. */
  readonly endedAt: number | undefined
  /** The end of what a flush that failed complained of, in one line: the instance's own words. */
  readonly said?: string | undefined
  /** Present once the flush succeeded. */
  readonly report: Report | undefined
}

/** One object in S3, as a listing tells it. */
export interface ArchivedObject {
  readonly key: string
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  readonly lastModified: number
}

/**
 * Why one file of the manifest is not proven. `unproven`: nothing comparable is known. `shared`: another file of the manifest has the
 * same key, so one object stands for two. `contradicted`: S3's SHA-256 agrees and its MD5 does not, which cannot be.
 */
export type Gap = {
  readonly path: string
  readonly key: string
  readonly is: 'missing' | 'short' | 'different' | 'unproven' | 'shared' | 'contradicted'
  /** The other file of a key that is shared. */
  readonly sharedWith?: string
}

/** The object that a file was compared with. */
export interface ProvenObject extends ArchivedObject {
  readonly path: string
  /** Where S3 told it: only where the listing did not settle the question. */
  readonly versionId?: string
}

/** The archive compared with the manifest. Complete when there are no gaps. */
export interface Proof {
  readonly files: number
  readonly bytes: number
  readonly gaps: readonly Gap[]
  /** The objects that prove the files without gaps; one that a collector has moved away is not among them. */
  readonly objects?: readonly ProvenObject[]
  /** Why S3 did not let us look at all: every file is unproven then, and no flush would change it. */
  readonly unread?: string
}

/** What made a pass look at an instance. `event`: Auto Scaling's event of the action, by a rule, beside the hook's own notification. */
export type Trigger = 'notification' | 'event' | 'command-status' | 'sweep'

/** Everything one pass saw. The only input of `decide` besides the policy. */
export interface Observation {
  readonly now: number
  readonly action: LifecycleAction
  readonly hold: Hold
  /** Auto Scaling's LifecycleState, or `undefined` when it was not read or the group no longer has the instance. */
  readonly lifecycleState: string | undefined
  /**
   * When the machine's root volume was attached, if that is since the action began: then what the action held is gone. Asked only where
   * the action is over, and either the machine is kept or it booted before its flush reported; `untold`: it did, and EC2 does not say.
   */
  readonly rootReplacedAt?: number | 'untold' | undefined
  readonly machine: Machine
  /**
   * Why no flush could be started. `unreachable`: SSM knows no agent there (dead, without permission, or no machine). `unplaced`:
   * the archive's prefix cannot be filled for this group. `refused`: SendCommand fails, and `troubles` say how.
   */
  readonly agent: 'unknown' | 'unreachable' | 'unplaced' | 'refused'
  /** What could not be asked or done in this pass, because AWS refuses it. */
  readonly troubles: readonly Trouble[]
  /** Who looks; `undefined` when nobody else can be looking too. */
  readonly wokenBy: Trigger | undefined
  /** A flush for another action of ours that still runs on the instance. */
  readonly busyWith: Omit<Flush, 'report'> | undefined
  /** This action's flushes, newest first. */
  readonly flushes: readonly Flush[]
  /** Earlier flushes of the same pause that were asked for under another name: what they named is owed, too. */
  readonly flushedBeside?: readonly Flush[]
  /** The newest flush's manifest against S3, when it has a readable one. */
  readonly proof: Proof | undefined
  /** What the hook and its group are set to, when the pass had reason to look. */
  readonly hook: HookFacts | undefined
}

/** A question that AWS refuses, for a reason that lasts. */
export interface Trouble {
  readonly what:
    | 'list its flushes'
    | 'read what its flushes reported'
    | 'send a flush'
    | 'ask where its logs go'
    | 'compare its logs with S3'
    | 'ask where it is'
    | 'read the hook'
    | 'ask EC2'
  readonly why: string
}

/** The facts of the hook and the group that bound what may be decided. */
export interface HookFacts {
  readonly heartbeatTimeoutSeconds: number
  /** Auto Scaling ends every action at this age: min(48 h, 100 × heartbeat timeout). */
  readonly globalTimeoutSeconds: number
  /** Whether the group's instance lifecycle policy keeps an instance whose action is abandoned; `undefined`: not asked. */
  readonly retains: boolean | undefined
  /** The ARN of what the hook notifies; a hook without a target speaks through EventBridge alone. */
  readonly notifies?: string | undefined
}

/** How an action ended. */
export type Outcome = 'archived' | 'empty' | 'retained' | 'lost' | 'expired'

/** Whether Auto Scaling keeps an instance whose action was abandoned: it is out of the group's capacity, and has its disk. */
export function isKept(lifecycleState: string | undefined): boolean {
  return lifecycleState?.endsWith(':Retained') ?? false
}

/** What one pass does. Exactly one thing. */
export type Decision =
  /** The action is over: the message may go. */
  | { readonly do: 'settle'; readonly outcome: Outcome; readonly reason: string }
  | { readonly do: 'continue'; readonly outcome: 'archived' | 'empty' | 'lost'; readonly reason: string }
  | { readonly do: 'abandon'; readonly outcome: 'retained' | 'lost' | 'expired'; readonly reason: string }
  | {
      readonly do: 'flush'
      /** The files to upload directly; `undefined` = let the platform's own publisher do it. */
      readonly upload: readonly string[] | undefined
      readonly reason: string
    }
  | {
      readonly do: 'wait'
      readonly seconds: number
      /**
       * `answer`: AWS refuses what must be known first. `start`: the machine is stopped. `disk`: the machine is gone, and the Recycle Bin
       * may have its disk. `patience`: no attempt is left, but the archive may still fill. `person`: patience is spent, and the machine is
       * only held because its group does not retain.
       */
      readonly waitsFor:
        | 'hook'
        | 'flush'
        | 'retry'
        | 'agent'
        | 'answer'
        | 'start'
        | 'disk'
        | 'patience'
        | 'person'
      readonly reason: string
    }
