/** The script as it is sent: a document has little room, so what only a reader of the parts needs stays behind. Pure. */

/** Comments, indentation and empty lines. A comment at the end of a line begins with ` # `, which nothing else does. */
const FOR_READERS = /^ *#(?!!|@settings).*\n|^\n|^ +| +# .*$/gm
/** Declarations one after the other, each with its comment, are one. */
const DECLARATIONS = /(?<=^declare -A .*)\ndeclare -A(?= )/gm

/** Where the parts define a function, or a variable of their own, whose name has several words; and a table, whatever its name. */
const DEFINITIONS =
  /^([a-z]+(?:_[a-z0-9]+)+)\(\)|(?<=^|[ ;])([A-Z]+(?:_[A-Z0-9]+)+)\+?=|(?<=^declare -A )([A-Z]{2,})=/gm
const NAMES = /\b[A-Za-z][A-Za-z0-9_]*\b/g
/** What other programs read is theirs. */
const EXPORTS = /^ *export .*$/gm

/** The parts, joined, as bash needs them. */
export function shortened(parts: string): string {
  const shortNames = shortNamesOf(parts)
  return parts
    .replace(FOR_READERS, '')
    .replace(DECLARATIONS, '')
    .replace(NAMES, (name) => shortNames.get(name) ?? name)
}

/**
 * `take_inventory` becomes `ti_`, the next of these initials `ti_2`: the underscore keeps it from being any command's name. A name of
 * one word may be text as well, and stays; but that of a table is read with brackets.
 */
export function shortNamesOf(parts: string): ReadonlyMap<string, string> {
  const names = parts.replace(EXPORTS, '').matchAll(DEFINITIONS)
  const shortNames = new Map<string, string>()
  const taken = new Map<string, number>()
  for (const [, ofFunction, ofVariable, ofTable] of names) {
    const name = ofFunction ?? ofVariable ?? ofTable ?? ''
    if (shortNames.has(name)) continue
    const initials = `${name.replaceAll(/([A-Za-z])[A-Za-z0-9]*(?:_|$)/g, '$1')}_`
    const times = (taken.get(initials) ?? 0) + 1
    taken.set(initials, times)
    shortNames.set(name, times === 1 ? initials : initials + times)
  }
  return shortNames
}
