/** How the Lambdas are bundled: the same for `serverless package` (through serverless-esbuild), for the local AWS and for tests. */
module.exports = () => ({
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
  minify: true,
  keepNames: true,
  sourcemap: false,
})
