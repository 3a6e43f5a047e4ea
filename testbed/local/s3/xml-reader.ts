/** Reads the XML that S3 is sent: elements and text, nothing else. */
import { malformedXml } from './s3-errors.ts'

export interface XmlElement {
  readonly name: string
  readonly text: string
  readonly children: readonly XmlElement[]
}

interface Open {
  readonly name: string
  text: string
  readonly children: XmlElement[]
}

const token = /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<(\/?)([A-Za-z_][\w.:-]*)((?:\s[^<>]*?)?)(\/?)>|[^<]+/y

/** The one element that a document is. Refuses what is not well-formed, as S3 does. */
export function readXml(document: string, root: string): XmlElement {
  const top: Open = { name: '', text: '', children: [] }
  const open: Open[] = [top]
  const source = document.trim().replace(/^\ufeff/, '')
  token.lastIndex = 0
  while (token.lastIndex < source.length) {
    const found = token.exec(source)
    if (found === null) throw malformedXml()
    const [whole, slash, name, , closed] = found
    const innermost = open.at(-1) ?? top
    if (name === undefined) {
      if (!whole.startsWith('<')) innermost.text += unescaped(whole)
    } else if (slash === '/') {
      if (open.length < 2 || innermost.name !== name) throw malformedXml()
      open.pop()
    } else {
      const element: Open = { name, text: '', children: [] }
      innermost.children.push(element)
      if (closed !== '/') open.push(element)
    }
  }
  const [element] = top.children
  if (open.length !== 1 || top.children.length !== 1 || element?.name !== root) throw malformedXml()
  return element
}

/** The text of the first child of a name. */
export function textOf({ children }: XmlElement, name: string): string | undefined {
  return children.find((child) => child.name === name)?.text
}

export function childrenOf({ children }: XmlElement, name: string): readonly XmlElement[] {
  return children.filter((child) => child.name === name)
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);?/g, (_, entity: string) => {
    if (entity.startsWith('#x')) return String.fromCodePoint(Number.parseInt(entity.slice(2), 16))
    if (entity.startsWith('#')) return String.fromCodePoint(Number(entity.slice(1)))
    const character = entities[entity]
    if (character === undefined) throw malformedXml()
    return character
  })
}
