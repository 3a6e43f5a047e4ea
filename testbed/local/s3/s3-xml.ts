/** S3's XML answers. Lists are repeated elements. */

export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** A document. Absent fields are left out. */
export function s3Document(root: string, fields: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${s3Namespace}">${elements(fields)}</${root}>`
}

export function s3ErrorDocument(fields: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements(fields)}</Error>`
}

function elements(fields: object): string {
  return Object.entries(fields)
    .flatMap(([name, value]) =>
      [value].flat().map((one: unknown) => (one === undefined ? '' : `<${name}>${content(one)}</${name}>`)),
    )
    .join('')
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' && value !== null ? elements(value) : escaped(String(value))
}

/** Control characters are written as XML 1.0 may not have them, as S3 does: `encoding-type=url` is the way around. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the ones meant
  return text.replace(/[&<>"\u0000-\u0008\u000b-\u001f]/g, (character) => {
    const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
    return named[character] ?? `&#x${character.charCodeAt(0).toString(16)};`
  })
}

/** As `encoding-type=url` asks: a form's encoding, with slashes as they are. */
export function urlEncoded(text: string): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return encoded.replaceAll('%20', '+').replaceAll('%2F', '/')
}
