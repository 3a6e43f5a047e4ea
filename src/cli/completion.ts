// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of shell.
/** `completion <shell>`: the shell's completion, from the same table that parses. */
import { Argument, Command } from 'commander'
import type { Surroundings } from './surroundings.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export function completionCommand({ terminal }: Surroundings, program: Command): Command {
  return new Command('completion')
    .description('print the shell’s completion: source <(termination-guard completion bash)')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action((shell: Shell) => terminal.print(completionFor(shell, program)))
}

interface Words {
  readonly command: string
  readonly about: string
  readonly options: readonly { readonly flag: string; readonly about: string }[]
}

function wordsOf(program: Command): Words[] {
  return program.commands.map((command) => ({
    command: command.name(),
    about: command.description(),
    options: [
      ...command.options.map((option) => ({ flag: option.long ?? '', about: option.description })),
    ].filter(({ flag }) => flag !== ''),
  }))
}

export function completionFor(shell: Shell, program: Command): string {
  const words = wordsOf(program)
  switch (shell) {
    case 'bash':
      return bash(program.name(), words)
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(program.name(), words)}`
    case 'fish':
      return fish(program.name(), words)
  }
}

function bash(name: string, words: readonly Words[]): string {
  const cases = words.map(
    ({ command, options }) =>
      `    ${command}) words='${[...options.map(({ flag }) => flag), '--help'].join(' ')}' ;;`,
  )
  return [
    `_${name.replaceAll('-', '_')}() {`,
    `  local words='${words.map(({ command }) => command).join(' ')} help'`,
    '  if [ "$COMP_CWORD" -gt 1 ]; then',
    '    case ${COMP_WORDS[1]} in',
    ...cases,
    '    *) words= ;;',
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    `complete -o default -F _${name.replaceAll('-', '_')} ${name}`,
  ].join('\n')
}

function fish(name: string, words: readonly Words[]): string {
  const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, '\\$&')}'`
  return words
    .flatMap(({ command, about, options }) => [
      `complete -c ${name} -n __fish_use_subcommand -f -a ${command} -d ${quoted(about)}`,
      ...options.map(
        ({ flag, about: what }) =>
          `complete -c ${name} -n '__fish_seen_subcommand_from ${command}' -l ${flag.slice(2)} -d ${quoted(what)}`,
      ),
    ])
    .join('\n')
}
