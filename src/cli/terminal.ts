/** What a command may say and ask. Tests have one that remembers. */
import { createInterface } from 'node:readline/promises'
import { visible } from '../visible.ts'

export interface Terminal {
  /** For standard output: what the command is for. */
  print(line: string): void
  /** For standard error: what went wrong, and how far things are. */
  complain(line: string): void
  /** A person sits there: only then is anything asked, redrawn or coloured. */
  readonly isInteractive: boolean
  readonly columns: number
  /** Puts a question. Only where `isInteractive`. */
  ask(question: string): Promise<string>
  /** Begins the screen anew. Only where `isInteractive`. */
  clear(): void
}

/** `nobodyAnswers`: what to do where a question is answered with Ctrl-C, or with the end of the input. */
export function processTerminal(nobodyAnswers: () => void): Terminal {
  const { stdin, stdout, stderr } = process
  return {
    print: (line) => void stdout.write(`${visible(line)}\n`),
    complain: (line) => void stderr.write(`${visible(line)}\n`),
    isInteractive: stdin.isTTY === true && stdout.isTTY === true,
    columns: stdout.columns ?? 80,
    ask: async (question) => {
      const reader = createInterface({ input: stdin, output: stdout })
      try {
        return await reader.question(visible(question))
      } catch (error) {
        stdout.write('\n')
        nobodyAnswers()
        throw error
      } finally {
        reader.close()
      }
    },
    clear: () => void stdout.write('\u001b[H\u001b[2J\u001b[3J'),
  }
}
