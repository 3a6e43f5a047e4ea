/** Folders of an instance in which scripts read and write. Programs and the kernel's own are the computer's. */
const own = ['var', 'tmp', 'opt', 'srv', 'home', 'etc/logrotate']

/** Where such a path begins: not within another path, a URL or a word, nor right behind a variable or a closing quote. */
const beginning = new RegExp(
  String.raw`(?<![\w$})\]/.~*?%+-]|[\w})]["'])(?=/(?:${own.join('|')})(?![\w-]))`,
  'g',
)

/**
 * A script that names paths as on a machine of its own, for an instance whose root is a folder. A path that it puts together
 * (`/$name`) is not found.
 */
export function rootedScript(script: string, disk: string): string {
  return script.replace(beginning, () => disk)
}
