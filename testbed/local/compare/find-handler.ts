import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Unfit } from './unfit.ts'

/** A function of somebody's, by its file and its name there. */
export interface Handler {
  readonly file: string
  readonly name: string
}

const endings = ['py', 'mjs', 'js', 'cjs', 'ts']
const pythonHandler = /^(?:async )?def (lambda_handler|handler)\s*\(/m
const scriptHandler =
  /\bexports\.handler\s*=|\bexport\s+(?:async\s+)?(?:const|let|var|function\*?)\s+handler\b|\bexport\s*\{[^}]*\bhandler\b/

/** The only handler in a folder, or the one that is named as Lambda names it: `file.function`. Throws what to type instead. */
export function findHandler(folder: string, named: string | undefined): Handler {
  const inside = resolve(folder)
  const facts = statSync(inside, { throwIfNoEntry: false })
  if (facts === undefined) throw new Unfit(`There is no folder ${folder}.`)
  if (!facts.isDirectory()) throw new Unfit(`${folder} is a file. Name the folder that it is in.`)
  if (named !== undefined) return namedHandler(inside, folder, named)
  const found = readdirSync(inside)
    .sort()
    .flatMap((name) => handlersIn(join(inside, name)))
  const [only, another] = found
  if (only === undefined)
    throw new Unfit(
      `No file in ${folder} has a handler: a Python function lambda_handler or handler, or an exported handler in JavaScript. ` +
        'Name yours: --handler file.function',
    )
  if (another !== undefined)
    throw new Unfit(
      `Several files in ${folder} have a handler. Choose one: ${found.map(({ file, name }) => `--handler ${file.slice(inside.length + 1).replace(/\.\w+$/, '')}.${name}`).join(' or ')}`,
    )
  return only
}

function namedHandler(inside: string, folder: string, named: string): Handler {
  const [, path, name] = /^(.+)\.(\w+)$/.exec(named) ?? []
  if (path === undefined || name === undefined)
    throw new Unfit(`--handler ${named} names no function. Write it as Lambda does: file.function`)
  const files = endings.map((ending) => join(inside, `${path}.${ending}`))
  const file = files.find((one) => existsSync(one))
  if (file !== undefined) return { file, name }
  throw new Unfit(
    `--handler ${named}: there is no ${path}.${endings[0]} in ${folder}, nor ${path} with ${endings.slice(1).join(', ')}.`,
  )
}

function handlersIn(file: string): Handler[] {
  const ending = endings.find((one) => file.endsWith(`.${one}`))
  if (ending === undefined || !statSync(file).isFile()) return []
  const text = readFileSync(file, 'utf8')
  if (ending !== 'py') return scriptHandler.test(text) ? [{ file, name: 'handler' }] : []
  const name = pythonHandler.exec(text)?.[1]
  return name === undefined ? [] : [{ file, name }]
}
