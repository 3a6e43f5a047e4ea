/**
 * An esbuild plugin: of the SDK's schemas only those of the calls we make are bundled.
 *
 * Each client keeps the shapes of all its operations in one file, with keys computed from constants (`{ [_eQN]: 'Min' }`). To esbuild
 * computing a key is an effect, so it keeps every shape that has one, and EC2's for one call are 550 kB. With the constant's text in its
 * place, what nobody refers to is left out.
 */
const { readFileSync } = require('node:fs')

const SCHEMAS = /[\\/]@aws-sdk[\\/].*[\\/]schemas[\\/]schemas_\d+\.js$/

/** The same module with the constants' texts as keys. What is no constant of the file stays computed. */
function withLiteralKeys(source) {
  const texts = new Map(
    [...source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]),
  )
  return source.replace(/(?<=[{,]\s*)\[(\w+)\]:/g, (computed, name) =>
    texts.has(name) ? `${texts.get(name)}:` : computed,
  )
}

exports.sdkSchemas = {
  name: 'sdk-schemas',
  setup({ onLoad }) {
    onLoad({ filter: SCHEMAS }, ({ path }) => ({ contents: withLiteralKeys(readFileSync(path, 'utf8')) }))
  },
}
