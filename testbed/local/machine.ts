/** One EC2 instance on this machine: a directory for a disk, and processes that die with it. */
export interface Machine {
  readonly instanceId: string
  /** The directory that stands for the root of its file system. */
  readonly disk: string
  /** Whether the SSM agent answers. A dead agent leaves commands undelivered. */
  agentOnline(): boolean
  /** Runs a script as the SSM agent would: in a real shell, on the instance's disk, killed after `timeoutMs`, or when told to stop. */
  run(script: string, timeoutMs: number, stop?: AbortSignal): Promise<ShellResult>
  /** Pulls the plug: every process dies at once, nothing is flushed. The disk stays until `destroy`. */
  powerOff(): Promise<void>
  /** Gently, as EC2 does it when it stops or terminates a machine. */
  shutDown(): Promise<void>
  /** Makes a folder that has what its disk has at one moment, as another machine would find it. */
  copyDisk(to: string): Promise<void>
  /** Another disk appears on it. */
  attach(disk: AttachedDisk): void
  /** And is gone, whatever somebody is doing with it. */
  detach(volumeId: string): void
  /** A machine that was switched off boots again, with the disk that it had. */
  powerOn(): Promise<void>
  /** Every process ends, and the machine boots again with the disk that it had. */
  reboot(): Promise<void>
  /** EC2 deletes the volumes: whatever was on the disk is gone. */
  destroy(): Promise<void>
}

/** A volume that is not the machine's root: another folder. */
export interface AttachedDisk {
  readonly volumeId: string
  readonly folder: string
  /** The name that EC2 was told, such as `/dev/sdf`. */
  readonly device: string
}

export interface ShellResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
}

/** How the local EC2 makes a machine for a new instance of a group. */
export type Launch = (instance: {
  readonly instanceId: string
  readonly groupName: string
}) => Promise<Machine>
