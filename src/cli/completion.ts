/** `completion <shell>`: the shell's completion, from the same table that parses. */
import { Argument, Command } from 'commander'
import { bash } from './completion/bash.ts'
import { fish } from './completion/fish.ts'
import { wordsOf } from './completion/words.ts'
import { zsh } from './completion/zsh.ts'
import type { Surroundings } from './surroundings.ts'

const SHELLS = { bash, zsh, fish }

export function completionCommand({ terminal }: Surroundings, program: Command): Command {
  return new Command('completion')
    .description('print the shell’s completion: source <(termination-guard completion bash)')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .action((shell: keyof typeof SHELLS) => terminal.print(SHELLS[shell](program.name(), wordsOf(program))))
}
