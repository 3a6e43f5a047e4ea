// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const prove = { file: 'src/archive/prove.ts', tests: ['test/archive/prove.test.ts'] }

const archives = { file: 'src/archive/archives.ts', tests: ['test/termination/reconcile.test.ts'] }

export const archiveMutants: readonly Mutant[] = [
  {
    ...prove,
    name: 'compare sizes only',
    from: `if (listed.etag === file.md5) return 'proven'`,
    to: `if (listed.etag !== '') return 'proven'`,
  },
  {
    ...prove,
    name: 'take what is too large to hash as proven',
    from: `return file.size > hashLimitBytes ? 'unproven' : 'ask content'`,
    to: `return file.size > hashLimitBytes ? 'proven' : 'ask content'`,
  },
  {
    ...prove,
    name: 'take a checksum that is there for one that agrees',
    from: `if (head.sha256) return head.sha256 === file.sha256 ? 'proven' : 'different'`,
    to: `if (head.sha256) return 'proven'`,
  },
  {
    ...prove,
    name: 'read an object and not compare it',
    from: `return digest.sha256 === file.sha256 ? 'proven' : 'different'`,
    to: `return digest.sha256 !== '' ? 'proven' : 'different'`,
  },
  {
    ...prove,
    name: 'treat 403 as proven',
    from: `if (head.is === 'denied') return 'unproven'`,
    to: `if (head.is === 'denied') return 'proven'`,
  },
  {
    ...prove,
    name: 'treat 403 as missing',
    from: `if (head.is === 'denied') return 'unproven'`,
    to: `if (head.is === 'denied') return 'missing'`,
  },
  {
    ...prove,
    name: 'find moved objects by size alone',
    from: 'const identity = (size: number, md5: string) => `${size} ${md5}`',
    to: 'const identity = (size: number, _md5: string) => `${size}`',
  },
  {
    ...prove,
    name: 'let one moved object account for many files',
    from: 'spare.set(identity(size, md5), left - 1)',
    to: 'spare.set(identity(size, md5), left)',
  },
  {
    ...archives,
    name: 'CONTINUE on missing permissions',
    from: `objects.get(key), budget) : 'unproven'`,
    to: `objects.get(key), budget) : 'proven'`,
  },
  {
    ...archives,
    name: 'forget a page of the archive',
    from: 'if (!token) break',
    to: 'break',
  },
]
