/** The command lines that the documents show: in blocks of code, and within a line. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

export interface DocumentedLine {
  readonly document: string
  /** As it is typed: one line, without what a comment says. */
  readonly line: string
}

const documents = ['README.md', 'CONTRIBUTING.md', 'docs', 'examples'].flatMap((name) =>
  name.endsWith('.md')
    ? [name]
    : readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.md'))
        .map((file) => join(name, file)),
)

/** What a line begins with. A program that is only named, without a word of what to do, is no line to type. */
const COMMAND =
  /^(?:npm (?:ci|test|run (?!guard$))|npx (?:serverless \w|(?!serverless))|termination-guard [a-z]+ |(?:git|cd|aws|sudo|ls|cat|df|\.) )/

export const documentedLines: readonly DocumentedLine[] = documents.flatMap((document) =>
  linesIn(readFileSync(join(root, document), 'utf8')).map((line) => ({ document, line })),
)

/** A block whose first line is a command has nothing but commands; any other shows what something prints. */
export function linesIn(text: string): string[] {
  const blocks = /^ *```.*\n([\s\S]*?)^ *```$/gm
  const typed = [...text.matchAll(blocks)].flatMap(([, block = '']) => {
    const lines = block.replaceAll(/\\\n/g, ' ').split('\n').map(bare)
    return COMMAND.test(lines[0] ?? '') ? lines.filter((line) => line !== '') : []
  })
  const paragraphs = text.replaceAll(blocks, '').split(/\n\s*\n|\n(?=\|)/)
  const named = paragraphs.flatMap((paragraph) =>
    [...paragraph.matchAll(/`([^`]+)`/g)].map(([, words = '']) => bare(words)),
  )
  return [...typed, ...named.filter((words) => COMMAND.test(words))]
}

function bare(line: string): string {
  return line
    .replace(/(^|\s)#.*$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** The same for all lines that differ only in the instance they show, or in how the guard's command is started. */
export function normalised(line: string): string {
  return line
    .replaceAll(/i-0123456789abcdef0|i-0fd1f0a1c5d9e2b37/g, 'INSTANCE')
    .replace(/^npm run -s /, 'npm run ')
    .replace(/^termination-guard /, 'npm run guard -- ')
}
