/** Machines drawn by chance, the real script with the real logrotate, and every line counted. `npm run conservation` tries more. */
import { availableParallelism } from 'node:os'
import { afterAll, describe, expect } from '@jest/globals'
import pMap from 'p-map'
import { has, removeDisks } from '../disk.ts'
import { itWhere } from '../it-where.ts'
import { describeTried, replayCommand, summary } from './describe.ts'
import { generate } from './generate.ts'
import { shrink } from './shrink.ts'
import { type Tried, trySituation } from './try.ts'

const CASES = 500
const FROM = Number(process.env.CONSERVATION_FROM ?? Math.floor(Math.random() * 2 ** 30))
/** The script mostly waits, so several machines share a core. */
const AT_ONCE = 4 * availableParallelism()
const MAX_SHRINKING = 40

afterAll(removeDisks)

describe('conservation', () => {
  const isAble = ['logrotate', 'xz', 'bzip2', 'zstd'].every(has) && process.platform === 'linux'
  itWhere(isAble, 'needs Linux, logrotate, xz, bzip2 and zstd')(
    `whatever the machine, every line is archived or named (${CASES} machines from seed ${FROM})`,
    async () => {
      const failed: Tried[] = []
      const all = await pMap(
        Array.from({ length: CASES }, (_, index) => FROM + index),
        async (seed) => {
          const tried = await trySituation(generate(seed))
          if (tried.faults.length > 0) failed.push(tried)
          return { ...tried, manifests: [], said: '' }
        },
        { concurrency: AT_ONCE },
      )
      process.stderr.write(`conservation from seed ${FROM}: ${summary(all, 0)}\n`)
      const first = failed[0]
      const smallest = first && (await shrink(first, MAX_SHRINKING))
      expect({
        replay: failed.map(({ situation }) => replayCommand(situation.seed)),
        smallest: smallest && describeTried(smallest),
      }).toEqual({ replay: [], smallest: undefined })
    },
  )
})
