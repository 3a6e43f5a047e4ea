/** The completion of fish. Pure. */
import type { Flag, Words } from './words.ts'

export function fish(name: string, words: readonly Words[]): string {
  return [
    `complete -c ${name} -f`,
    ...words.flatMap(({ command, about, options, choices }) => {
      const seen = `complete -c ${name} -n '__fish_seen_subcommand_from ${command}'`
      return [
        `complete -c ${name} -n __fish_use_subcommand -a ${command} -d ${quoted(about)}`,
        ...(choices.length > 0 ? [`${seen} -a ${quoted(choices.join(' '))}`] : []),
        ...options.map(
          (flag) => `${seen} -l ${flag.flag.slice(2)}${afterFlag(flag)} -d ${quoted(flag.about)}`,
        ),
      ]
    }),
  ].join('\n')
}

function afterFlag({ takes }: Flag): string {
  if (takes === 'nothing') return ''
  if (takes === 'a file') return ' -r -F'
  if (takes === 'something') return ' -x'
  return ` -x -a ${quoted(takes.join(' '))}`
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`
}
