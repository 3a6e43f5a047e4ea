/**
 * A process namespace for one machine, where this one lets us make one: the script looks at every process that there is and asks
 * writers to end, so each machine sees its own alone, and many can be tried at once.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Enclosure {
  /** What a command has to begin with to run inside. */
  readonly prefix: readonly string[]
  /** The folder that shows the processes inside. */
  readonly proc: string
  signal(pids: readonly number[], signal: NodeJS.Signals): void
  close(): void
}

/** The first process of a namespace takes in the orphans. */
const INIT = 'exec {nap}<> <(:); while :; do read -r -t 60 -u "$nap"; done'
const STEP_MS = 5
const STEPS = 2000

const OPEN: Enclosure = {
  prefix: [],
  proc: '/proc',
  signal: (pids, signal) => {
    for (const pid of pids) {
      try {
        process.kill(pid, signal)
      } catch {
        // It has just ended.
      }
    }
  },
  close: () => undefined,
}

const canEnclose = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0

export async function enclose(): Promise<Enclosure> {
  if (!canEnclose) return OPEN
  const unshare = spawn('unshare', ['--pid', '--fork', '--mount-proc', '--kill-child', 'bash', '-c', INIT], {
    stdio: 'ignore',
    detached: true,
  })
  unshare.unref()
  const init = await firstChild(unshare.pid ?? 0)
  const prefix = ['nsenter', `--target=${init}`, '--pid', '--mount', '--']
  return {
    prefix,
    proc: `/proc/${init}/root/proc`,
    signal: (pids, signal) => {
      const [program = '', ...words] = [
        ...prefix,
        'kill',
        '-s',
        signal.replace('SIG', ''),
        ...pids.map(String),
      ]
      spawnSync(program, words)
    },
    close: () => void unshare.kill('SIGKILL'),
  }
}

async function firstChild(pid: number): Promise<number> {
  for (let step = 0; step < STEPS; step++) {
    const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
    if (child > 0 && readFileSync(`/proc/${child}/comm`, 'utf8') === 'bash\n') return child
    await sleep(STEP_MS)
  }
  throw new Error('the namespace of a machine does not come up')
}
