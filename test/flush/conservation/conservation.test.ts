/** Machines drawn by chance, the real script with the real logrotate, and every line counted. `npm run conservation` tries more. */
import { availableParallelism } from 'node:os'
import { afterAll, describe, expect } from '@jest/globals'
import pMap from 'p-map'
import { has, removeDisks } from '../disk.ts'
import { itWhere } from '../it-where.ts'
import { replayCommand } from './describe.ts'
import { generate } from './generate.ts'
import { trySituation } from './try.ts'

const CASES = 24
const FROM = Math.floor(Math.random() * 2 ** 30)
/** The script mostly waits, so several machines share a core. */
const AT_ONCE = 3 * availableParallelism()

afterAll(removeDisks)

describe('conservation', () => {
  const isAble = process.platform === 'linux' && ['logrotate', 'xz', 'bzip2', 'zstd'].every(has)
  itWhere(isAble, 'needs Linux, logrotate, xz, bzip2 and zstd')(
    `whatever the machine, every line is archived or named (${CASES} machines from seed ${FROM})`,
    async () => {
      const failed = await pMap(
        Array.from({ length: CASES }, (_, index) => FROM + index),
        async (seed) => {
          const { faults } = await trySituation(generate(seed))
          return faults.map(({ kind, what }) => `${replayCommand(seed)} (${kind}: ${what})`)
        },
        { concurrency: AT_ONCE },
      )
      expect(failed.flat()).toEqual([])
    },
  )
})
