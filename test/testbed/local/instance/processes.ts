import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The living processes that were started with this directory in their environment or command line (Linux). */
export function processesOf(directory: string): number[] {
  if (!existsSync('/proc/self/environ')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => ['environ', 'cmdline'].some((file) => contentOf(pid, file).includes(directory)))
}

/** Until it is so: conditions, not durations, are waited for. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}

function contentOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
