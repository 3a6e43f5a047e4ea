/** The rules about who may import whom, over any graph of imports. */
import { posix } from 'node:path'

export type Imports = ReadonlyMap<string, readonly string[]>

/** What a source file imports of our own, types too, as paths from the root. */
export function importsIn(file: string, source: string): string[] {
  const specifiers = source.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.[^'"]+)['"]/g)
  return [...specifiers].map(([, specifier = '']) => posix.join(posix.dirname(file), specifier))
}

/** How high a file stands; -1 for one that stands nowhere. */
export function floorOf(file: string, floors: readonly string[]): number {
  return floors.findIndex((floor) => isBelow(file, floor))
}

/** What a file imports from a floor above its own. */
export function upwards(file: string, imported: readonly string[], floors: readonly string[]): string[] {
  return imported.filter((one) => floorOf(one, floors) > floorOf(file, floors))
}

/** Files that import from one of the rooms. */
export function reaching(graph: Imports, rooms: readonly string[]): string[] {
  return [...graph]
    .filter(([, imported]) => imported.some((one) => rooms.some((room) => isBelow(one, room))))
    .map(([file]) => file)
}

/** Files that import each other in a circle, one circle a line. */
export function circles(graph: Imports): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, way: readonly string[]) => {
    const at = way.indexOf(file)
    if (at >= 0) found.push([...way.slice(at), file].join(' → '))
    if (at >= 0 || done.has(file)) return
    for (const imported of graph.get(file) ?? []) visit(imported, [...way, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}

function isBelow(file: string, room: string): boolean {
  return file === room || file.startsWith(`${room}/`)
}
