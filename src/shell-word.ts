/** One word of a command that somebody is told to type: whatever name another gave a group, a shell takes it as that name and obeys nothing in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
