/** What the model makes happen outside of itself. */

/** What the caller must carry out. The model itself touches nothing. */
export type Effect =
  /** Send `body` to a hook's notification target. `token` is absent in a test notification. */
  | { readonly do: 'notify'; readonly targetArn: string; readonly body: string; readonly token?: string }
  /** Make a machine, then report `machineStarted` (or `machineFailed`). */
  | { readonly do: 'launch'; readonly instanceId: string; readonly groupName: string }
  /** The load balancer sends traffic to the instance, or stops sending it new requests. */
  | { readonly do: 'register' | 'deregister'; readonly instanceId: string; readonly groupName: string }
  /** Every process on the machine stops at once; the disk is still there. */
  | { readonly do: 'power-off'; readonly instanceId: string }
  /** A machine that was stopped boots again, with the disk that it had. */
  | { readonly do: 'power-on'; readonly instanceId: string }
  /** Every process ends and the machine boots again, with the disk that it had. */
  | { readonly do: 'reboot'; readonly instanceId: string }
  /** The machine's own disk is gone (`destroy`), or is replaced by a fresh one, unless `keep-volume` came just before. */
  | { readonly do: 'destroy' | 'replace-root-volume'; readonly instanceId: string }
  /** The machine's root volume outlives it: what it holds now is found as this volume from here on. */
  | { readonly do: 'keep-volume'; readonly volumeId: string; readonly instanceId: string }
  /** What the volume holds now. `instanceId`: the machine whose root volume it is; `undefined` for any other volume. */
  | {
      readonly do: 'snapshot'
      readonly snapshotId: string
      readonly volumeId: string
      readonly instanceId: string | undefined
    }
  /** A volume with what the snapshot holds, or an empty one. */
  | { readonly do: 'make-volume'; readonly volumeId: string; readonly snapshotId: string | undefined }
  /** A machine finds the volume as a device, or has it no longer. */
  | {
      readonly do: 'attach-volume' | 'detach-volume'
      readonly volumeId: string
      readonly instanceId: string
      readonly device: string
    }
  /** Nobody can have it back. A root volume goes with its machine, just after `destroy`. */
  | { readonly do: 'delete-volume'; readonly volumeId: string }
  | { readonly do: 'delete-snapshot'; readonly snapshotId: string }
  /** An event on the default EventBridge bus. */
  | { readonly do: 'publish'; readonly event: EventBridgeEvent }

/** The envelope of every event on an EventBridge bus. */
export interface EventBridgeEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}
