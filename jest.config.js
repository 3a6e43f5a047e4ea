import { availableParallelism } from 'node:os'

/** Sources are ES modules that Node runs as they are; swc only strips the types for jest. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  // Two at least: what takes longest waits most of its time, for an AWS on this machine and for patience.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // A limit for what hangs, not for what is slow: machines differ.
  testTimeout: 300_000,
}
