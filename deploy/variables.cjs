/**
 * The bridge from Serverless's variables to `template.ts`: `${file(./deploy/variables.cjs):resources}`. Serverless reads variable
 * files with require(), which Node 24 lets load TypeScript modules.
 */
const { regionOfProfile } = require('./profile-region.ts')
const { deployment } = require('./template.ts')
const { parameterNames } = require('./parameters.ts')

/**
 * Serverless would take `${digest:0:64}` in the flush script for a variable of its own. Every `${` is escaped, since within one that is no
 * variable (`${seen[${name:0:3}]}`) Serverless knows no escape; it halves the backslashes before one.
 */
const escaped = (value) => {
  if (typeof value === 'string') return value.replaceAll(/(\\*)\$\{/g, '$1$1\\$${')
  if (Array.isArray(value)) return value.map(escaped)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)]))
}

const deployed = async ({ options, resolveVariable }) => {
  const service = await resolveVariable('self:service')
  const stage = await resolveVariable('sls:stage')
  const values = await Promise.all(parameterNames.map((name) => resolveVariable(`param:${name}`)))
  const parameters = Object.fromEntries(parameterNames.map((name, index) => [name, values[index]]))
  return deployment(`${service}-${stage}`, parameters, [options.param ?? []].flat())
}

/** Settings, functions and outputs. What is wrong with the parameters is said here, once. */
module.exports.guard = async (serverless) => {
  try {
    const { resources: _apart, ...guard } = await deployed(serverless)
    return guard
  } catch (error) {
    // Serverless prints the stack where there is one; whoever misspelt a parameter has no use for it.
    if (error.code === undefined) error.stack = ''
    throw error
  }
}

/** Apart from the rest: what `serverless.yml` refers to with `self:` is read for variables twice, and escaped only once. */
module.exports.resources = async (serverless) => {
  try {
    return escaped((await deployed(serverless)).resources)
  } catch (error) {
    if (error.code !== undefined) throw error
    return {}
  }
}

/** Asked for only where neither an option nor the environment says it. */
module.exports.region = async ({ options }) => {
  try {
    return await regionOfProfile(
      options['aws-profile'] ?? process.env.AWS_PROFILE ?? process.env.AWS_DEFAULT_PROFILE,
    )
  } catch (error) {
    error.stack = ''
    throw error
  }
}
