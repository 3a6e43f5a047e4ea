/** The completion of zsh, in its own words. Pure. */
import type { Flag, Words } from './words.ts'

export function zsh(name: string, words: readonly Words[]): string {
  const own = `_${name.replaceAll('-', '_')}`
  return [
    `${own}() {`,
    '  local before=$words[CURRENT-1]',
    '  local -a told',
    '  if (( CURRENT == 2 )); then',
    `    told=(${words.map(({ command, about }) => described(command, about)).join(' ')})`,
    '    _describe command told',
    '    return',
    '  fi',
    '  if [[ $PREFIX == --*=* ]]; then',
    '    before=$PREFIX[(ws:=:)1]',
    "    compset -P '*='",
    '  fi',
    '  case "$words[2] $before" in',
    ...words.flatMap(({ command, options }) => options.flatMap((flag) => afterFlag(command, flag))),
    '  esac',
    '  case $words[2] in',
    ...words.map(
      ({ command, options, choices }) =>
        `  ${command}) told=(${[...choices.map((one) => described(one, '')), ...options.map(({ flag, about }) => described(flag, about))].join(' ')}) ;;`,
    ),
    '  esac',
    '  _describe word told',
    '}',
    '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -D; }',
    `compdef ${own} ${name}`,
  ].join('\n')
}

function afterFlag(command: string, { flag, takes }: Flag): string[] {
  if (takes === 'nothing') return []
  const offered =
    takes === 'a file'
      ? '_files; return'
      : takes === 'something'
        ? '_message value; return'
        : `compadd ${takes.join(' ')}; return`
  return [`  '${command} ${flag}') ${offered} ;;`]
}

function described(word: string, about: string): string {
  const text = about === '' ? word : `${word}:${about}`
  return `'${text.replaceAll("'", `'\\''`)}'`
}
