// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of shell.
/** The completion of bash, of 3.2 as well (macOS). Pure. */
import type { Flag, Words } from './words.ts'

export function bash(name: string, words: readonly Words[]): string {
  const own = `_${name.replaceAll('-', '_')}`
  return [
    `${own}() {`,
    "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words= IFS=$'\\n'",
    '  # To bash, --option=word is three words.',
    '  [ "$word" = = ] && word=',
    '  [ "$before" = = ] && before=${COMP_WORDS[COMP_CWORD-2]}',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words='${words.map(({ command }) => command).join(' ')}'`,
    '  else',
    '    case "${COMP_WORDS[1]} $before" in',
    ...words.flatMap(({ command, options }) => options.flatMap((flag) => afterFlag(command, flag))),
    '    *)',
    '      case ${COMP_WORDS[1]} in',
    ...words.map(
      ({ command, options, choices }) =>
        `      ${command}) words='${[...choices, ...options.map(({ flag }) => flag)].join(' ')}' ;;`,
    ),
    '      esac',
    '    esac',
    '  fi',
    '  if [ "$words" = FILE ]; then',
    '    compopt -o filenames 2>/dev/null',
    '    COMPREPLY=($(compgen -f -- "$word"))',
    '  else',
    '    COMPREPLY=($(compgen -W "${words// /$IFS}" -- "$word"))',
    '  fi',
    '}',
    `complete -F ${own} ${name}`,
  ].join('\n')
}

function afterFlag(command: string, { flag, takes }: Flag): string[] {
  if (takes === 'nothing') return []
  const words = takes === 'a file' ? 'FILE' : takes === 'something' ? '' : takes.join(' ')
  return [`    '${command} ${flag}') words='${words}' ;;`]
}
