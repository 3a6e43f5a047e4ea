/** The XML of AWS's Query protocols, from plain objects in the API's own shape. */

/** How a list is written: `<member>` in Auto Scaling, `<item>` in EC2. */
export type ListItem = 'member' | 'item'

/** The elements of `value`. Absent fields are left out, dates are ISO 8601, everything is escaped. */
export function xmlOf(value: unknown, item: ListItem): string {
  if (value === undefined || value === null) return ''
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map((one) => element(item, one, item)).join('')
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, field]) => (field === undefined ? '' : element(name, field, item)))
      .join('')
  return escapeXml(String(value))
}

/** One element with everything below it. */
export function element(name: string, value: unknown, item: ListItem): string {
  return `<${name}>${xmlOf(value, item)}</${name}>`
}

function escapeXml(text: string): string {
  // XML 1.0 cannot carry other control characters, not even escaped; AWS replaces them too.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the ones meant
  const printable = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?')
  return printable.replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}
