/** Every command line that a document shows is one that the program understands, whole. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { PROGRAM, programFor } from '../../src/cli/program.ts'
import type { Surroundings } from '../../src/cli/surroundings.ts'

const root = join(import.meta.dirname, '..', '..')
const documents = ['README.md', 'CONTRIBUTING.md', 'docs', 'examples'].flatMap((name) =>
  name.endsWith('.md')
    ? [name]
    : readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.md'))
        .map((file) => join(name, file)),
)

/** In blocks of code and within a line; a comment ends it, and a word in capitals stands for what a person fills in. */
function commandLines(document: string): string[] {
  const text = readFileSync(join(root, document), 'utf8')
  const found = text.matchAll(
    /(?:npm run (?:-s )?guard --|(?<![\w/.-])termination-guard(?= [a-z]+ ))([^\n`#|]*)/g,
  )
  return [...found].map(([, words = '']) => words.trim()).filter((words) => words !== '' && words !== 'help')
}

function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
  return words.map((word) => (word === 'INSTANCE' ? 'i-0123456789abcdef0' : word))
}

/** What commander says against the words; nothing is done. */
async function understood(words: readonly string[]): Promise<string> {
  const said: string[] = []
  const terminal = { print: () => undefined, complain: (line: string) => said.push(line), columns: 80 }
  const program = programFor({ terminal } as unknown as Surroundings)
  let isReached = false
  for (const command of program.commands)
    command.action(() => {
      isReached = true
    })
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    said.push(String(error))
  }
  return isReached ? said.join('\n') : `${said.join('\n')}: no command was reached`
}

const all = documents.flatMap((document) => commandLines(document).map((line) => ({ document, line })))

it('no chapter of an alarm in docs/operate.md needs the AWS CLI', () => {
  const text = readFileSync(join(root, 'docs/operate.md'), 'utf8')
  const alarms = [...text.matchAll(/^\| \[([a-z-]+)\]\(#/gm)].map(([, alarm]) => alarm)
  const chapters = text.split(/^## /m).filter((chapter) => alarms.includes(chapter.split('\n')[0]))
  expect(alarms.length).toBeGreaterThan(10)
  expect(chapters).toHaveLength(alarms.length)
  expect(chapters.flatMap((chapter) => chapter.match(/(?<=^|`)(?:sudo )?aws [a-z0-9]+ .*/gm) ?? [])).toEqual(
    [],
  )
})

describe('every command line of the documents is understood', () => {
  it.each(all)('$document: $line', async ({ line }) => {
    expect(await understood(wordsOf(line))).toBe('')
  })
  it('they are found', () => {
    expect(all.length).toBeGreaterThan(15)
  })
  it('a wrong one would be noticed', async () => {
    expect(await understood(['histroy', '--since', '2h'])).toContain('unknown command')
    expect(await understood(['redrive', '--send'])).toContain('unknown option')
  })
})

it('docs/operate.md names every command at least once', () => {
  const named = new Set(commandLines('docs/operate.md').map((line) => line.split(' ')[0]))
  const program = programFor({ terminal: {} } as unknown as Surroundings)
  const commands = program.commands.map((command) => command.name())
  const missing = commands.filter(
    (name) => !['completion', 'manual', 'help'].includes(name) && !named.has(name),
  )
  expect([PROGRAM, missing]).toEqual([PROGRAM, []])
})
