import { readdirSync, readFileSync } from 'node:fs'

/** The living processes of a session (Linux only: elsewhere there is no cheap way to know). */
export function membersOf(session: number): number[] {
  return processIds().filter((pid) => {
    const status = statusOf(pid)
    return status.session === session && isLiving(status)
  })
}

/** Whether there is such a process that has not ended (Linux only: elsewhere there never is). */
export function isAlive(pid: number): boolean {
  return isLiving(statusOf(pid))
}

const isLiving = ({ state }: Status) => state !== 'Z' && state !== 'X'

interface Status {
  readonly state: string
  readonly session: number
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

/** From /proc/<pid>/stat: after the name in brackets come state, parent, group and session. */
function statusOf(pid: number): Status {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state, session: Number(session) }
  } catch {
    return { state: 'X', session: 0 }
  }
}
