/** A part of the flush script, and the tests of the real shell that see to it. */
export const part = (name: string) => ({ file: `src/flush/script/${name}.sh` })
export const tested = (...names: readonly string[]) => ({
  tests: names.map((name) => `test/flush/${name}.test.ts`),
})
