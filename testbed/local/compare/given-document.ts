import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { Unfit } from './unfit.ts'

/** A document for Systems Manager, as the command line names it. */
export interface NamedFile {
  readonly name: string
  readonly file: string
}

/** A document, with its text as JSON. */
export interface GivenDocument {
  readonly name: string
  readonly text: string
}

/** Reads a document in JSON or YAML, which holds it: a file is looked for in the folder first. Throws what is wrong with it. */
export function readDocument({ name, file }: NamedFile, folder: string): GivenDocument {
  const path = [resolve(folder, file), resolve(file)].find((one) => existsSync(one))
  if (path === undefined)
    throw new Unfit(`--document ${name}=${file}: there is no such file, neither in ${folder} nor here.`)
  const content = parsed(name, file, readFileSync(path, 'utf8'))
  if (typeof content === 'object' && content !== null && 'schemaVersion' in content)
    return { name, text: JSON.stringify(content) }
  throw new Unfit(
    `--document ${name}=${file}: that is no document of Systems Manager: it has no schemaVersion. ` +
      'Where it is within a template, put its content into a file of its own.',
  )
}

function parsed(name: string, file: string, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    const [why] = (error as Error).message.split('\n')
    throw new Unfit(`--document ${name}=${file}: that is neither JSON nor YAML: ${why}`)
  }
}
