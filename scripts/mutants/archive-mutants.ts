// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'

const prove = { file: 'src/archive/prove.ts', tests: ['test/archive/prove.test.ts'] }

const archives = {
  file: 'src/archive/archives.ts',
  tests: ['test/archive/archives.test.ts', 'test/termination/reconcile.test.ts'],
}

export const archiveMutants: readonly Mutant[] = [
  {
    ...prove,
    name: 'compare sizes only',
    from: `if (listed.etag === file.md5 || listed.etag === file.multipart?.etag) return 'proven'`,
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
    from: `if (head.sha256 !== file.sha256) return 'different'`,
    to: `if (head.sha256 === '') return 'different'`,
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
    from: `({ size, etag }) => \`\${size} \${etag}\`,`,
    to: '({ size, etag }) => `${size} ${etag.length}`,',
  },
  {
    ...prove,
    name: 'let one moved object account for many files',
    from: `alike.splice(index, 1)`,
    to: `alike.splice(index, 0)`,
  },
  {
    ...archives,
    name: 'CONTINUE on missing permissions',
    from: `const gaps = keys.map((one): Gap => ({ ...one, is: 'unproven' }))`,
    to: `const gaps: Gap[] = []`,
  },
  {
    ...archives,
    file: 'src/archive/listing.ts',
    name: 'forget a page of the archive',
    from: `if (!token) return { objects, pages, isCut: false, unread: undefined }`,
    to: `return { objects, pages, isCut: false, unread: undefined }`,
  },
  {
    file: 'src/archive/prove.ts',
    tests: ['test/archive/prove.test.ts'],
    name: 'take last year’s object for this file',
    from: `lastModified >= modifiedAt - UNNOTICED_SKEW_MS`,
    to: `lastModified >= 0 * (modifiedAt - UNNOTICED_SKEW_MS)`,
  },
  {
    file: 'src/archive/prove.ts',
    tests: ['test/archive/prove.test.ts'],
    name: 'take another instance’s object for this one’s',
    from: `named.every((id) => id === instanceId)`,
    to: `named.every((id) => id !== '' || id === instanceId)`,
  },
  {
    file: 'src/archive/prove.ts',
    tests: ['test/archive/prove.test.ts'],
    name: 'call proven what S3 contradicts',
    from: `return isOtherMd5 ? 'contradicted' : 'proven'`,
    to: `return isOtherMd5 ? 'proven' : 'proven'`,
  },
  {
    file: 'src/archive/prove.ts',
    tests: ['test/archive/prove.test.ts'],
    name: 'let one object stand for two files',
    from: `if (alike.length < 2) continue`,
    to: `if (alike.length < 3) continue`,
  },
  {
    ...archives,
    name: 'count what lies at a file’s own key for another file',
    from: `if (!own.has(object.key)) moved.set(object.key, object)`,
    to: `moved.set(object.key, object)`,
  },
  {
    ...archives,
    name: 'count an object once for each time that it is listed',
    from: `moved.set(object.key, object)`,
    to: 'moved.set(`${object.key} ${moved.size}`, object)',
  },
]
