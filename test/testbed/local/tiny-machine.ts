import { spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AttachedDisk, Launch, Machine, ShellResult } from '../../../testbed/local/machine.ts'

/** A machine that is a directory and nothing else; bash runs in it. */
export interface TinyMachine extends Machine {
  agent: 'online' | 'dead'
  powered: boolean
  destroyed: boolean
  /** By volume. */
  readonly attached: Map<string, AttachedDisk>
}

/** Machines as they are launched, by instance id. */
export function tinyMachines(): { readonly launch: Launch; readonly all: Map<string, TinyMachine> } {
  const all = new Map<string, TinyMachine>()
  const launch: Launch = async ({ instanceId }) => {
    const machine = await tinyMachine(instanceId)
    all.set(instanceId, machine)
    return machine
  }
  return { launch, all }
}

async function tinyMachine(instanceId: string): Promise<TinyMachine> {
  const disk = await mkdtemp(join(tmpdir(), 'tiny-machine-'))
  const running = new Set<ReturnType<typeof spawn>>()
  const machine: TinyMachine = {
    instanceId,
    disk,
    agent: 'online',
    powered: true,
    destroyed: false,
    attached: new Map(),
    agentOnline: () => machine.powered && machine.agent === 'online',
    run: (script, timeoutMs, stop) =>
      new Promise<ShellResult>((resolve, reject) => {
        const child = spawn('bash', ['-c', script], {
          ...{ cwd: disk, detached: true },
          stdio: ['ignore', 'pipe', 'pipe'], // with a socket there, bash would read ~/.bashrc
        })
        running.add(child)
        stop?.addEventListener('abort', () => killGroup(child))
        let timedOut = false
        let stdout = ''
        let stderr = ''
        const timer = setTimeout(() => {
          timedOut = true
          killGroup(child)
        }, timeoutMs)
        child.stdout.on('data', (data) => (stdout += data))
        child.stderr.on('data', (data) => (stderr += data))
        child.on('error', reject)
        child.on('close', (code) => {
          clearTimeout(timer)
          running.delete(child)
          resolve({ exitCode: code ?? 137, stdout, stderr, timedOut })
        })
      }),
    async powerOff() {
      machine.powered = false
      for (const child of running) killGroup(child)
    },
    shutDown: () => machine.powerOff(),
    async powerOn() {
      machine.powered = true
    },
    copyDisk: (to) => cp(disk, to, { recursive: true }),
    attach: (attached) => void machine.attached.set(attached.volumeId, attached),
    detach: (volumeId) => void machine.attached.delete(volumeId),
    async reboot() {
      for (const child of running) killGroup(child)
    },
    async destroy() {
      machine.destroyed = true
      await rm(disk, { recursive: true, force: true })
    },
  }
  return machine
}

function killGroup({ pid }: ReturnType<typeof spawn>): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {}
}
