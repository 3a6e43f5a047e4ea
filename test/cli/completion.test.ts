/** The shell's completion, in the shells: sourced as a person sources it, and asked with the Tab key. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { itWhere } from '../flush/it-where.ts'
import { CommandLine } from './command-line.ts'

const isThere = (program: string) => spawnSync(program, ['--version']).status === 0
/** The one of util-linux gives a shell a terminal. */
const hasTerminal = isThere('script')

const shells = [
  {
    shell: 'bash',
    start: 'bash --norc --noprofile -i',
    said: `termination-guard() { printf '<%s>' "$@"; echo; }`,
    prompt: `PS1='READY> '`,
  },
  {
    shell: 'zsh',
    start: 'zsh -f -i',
    said: `termination-guard() { printf '<%s>' "$@"; echo }`,
    prompt: `PROMPT='READY> '`,
  },
  {
    shell: 'fish',
    start: 'fish --no-config -i',
    said: `function termination-guard; printf '<%s>' $argv; echo; end`,
    prompt: `function fish_prompt; echo -n 'READY> '; end`,
  },
] as const

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'termination-guard-completion-'))
  writeFileSync(join(folder, 'journal of today.jsonl'), '')
  for (const { shell, said, prompt } of shells) {
    const { out } = await new CommandLine().run('completion', shell)
    // The command itself, so that a line which was completed shows what became of it.
    writeFileSync(join(folder, `${shell}.rc`), [out, said, prompt, ''].join('\n'))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Types keys where the shell has a terminal. Answers the words with which the command was called in the end. */
async function completed(start: string, file: string, keys: string): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' }
  const child = spawn('script', ['-qfec', start, '/dev/null'], { cwd: folder, env })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let screen = ''
  let isClosed = false
  let onMore: () => void = () => undefined
  child.stdout.on('data', (data) => {
    screen += String(data)
    onMore()
  })
  void closed.then(() => {
    isClosed = true
    onMore()
  })
  const shows = async (what: RegExp) => {
    for (;;) {
      const [found] = what.exec(screen) ?? []
      if (found !== undefined) return found
      if (isClosed) throw new Error(`the shell has gone; its screen: ${screen}`)
      await new Promise<void>((resolve) => (onMore = resolve))
    }
  }
  // What is typed before the shell reads its terminal is read by it all the same, as a line.
  child.stdin.write(`. ./${file}\n`)
  await shows(/READY> /)
  child.stdin.write(`${keys}\n`)
  const words = await shows(/<[^\r\n]*>\r?\n/)
  child.stdin.write('exit\n')
  await closed
  return words.trim()
}

describe.each(shells)('$shell', ({ shell, start }) => {
  const typed = itWhere(hasTerminal && isThere(shell), `${shell} is not installed`)
  const cases = [
    ['a command', 'redr\t', '<redrive>'],
    ['an option', 'redrive --disc\t', '<redrive><--discard>'],
    ['a choice', 'history --outcome ret\t', '<history><--outcome><retained>'],
    ['a choice after a sign', 'history --outcome=ret\t', '<history><--outcome=retained>'],
    ['an option after a choice', 'history --outcome lost --pas\t', '<history><--outcome><lost><--passes>'],
    ['a file', 'history --from jour\t', '<history><--from><journal of today.jsonl>'],
    ['no file where none is wanted', 'history --since jour\t', '<history><--since><jour>'],
    ['no file for an instance', 'explain jour\t', '<explain><jour>'],
    ['a shell', 'completion fi\t', '<completion><fish>'],
    ['a command to be explained', 'help rel\t', '<help><release>'],
    ['the help', 'status --he\t', '<status><--help>'],
  ] as const
  for (const [what, keys, words] of cases)
    typed(`completes ${what}`, async () => {
      expect(await completed(start, `${shell}.rc`, `termination-guard ${keys}`)).toBe(words)
    })
})

it('of another shell there is none, and it says of which there is one', async () => {
  const { code, err } = await new CommandLine().run('completion', 'tcsh')
  expect(code).toBe(2)
  expect(err).toContain('Allowed choices are bash, zsh, fish.')
})
