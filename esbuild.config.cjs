const { sdkSchemas } = require('./deploy/sdk-schemas.cjs')

/**
 * How the Lambdas are bundled: the same for `serverless package` (through serverless-esbuild, which hands itself over), for the local AWS and
 * for tests.
 */
module.exports = (serverless) => ({
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  // Some dependencies of the SDK still call require().
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  // Many names do not fit into an environment of 4 kB (deploy/environment.ts).
  define: { GUARDED_GROUPS: JSON.stringify(serverless?.service.custom.guard.settings.groups ?? '') },
  plugins: [sdkSchemas],
  minify: true,
  keepNames: true,
  sourcemap: false,
})
