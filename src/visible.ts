/**
 * Text from instances, tags, groups and AWS as a terminal may be sent it. A file's name, a note or a tag may hold what moves the cursor,
 * sets the window's title, fills the clipboard or turns the direction of writing: none of it is obeyed, all of it is seen. Pure.
 */

/** What has no look of its own, but for the ends of lines and tabs, of which our own texts are made. */
const UNSEEN = /[^\P{C}\n\t]|[\u2028\u2029]/gu
const UNSEEN_IN_A_LINE = /[\p{C}\u2028\u2029]/gu
/** As nearly all lines are, and found out sooner than what is unseen in them. */
const PLAIN = /^[ -~]*$/

/** As JSON spells it, so that JSON stays what it was. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, spelled)
}

/** Where others' words stand in a line, they cannot begin another one. */
export function oneLine(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(UNSEEN_IN_A_LINE, spelled)
}

function spelled(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
  }).join('')
}
