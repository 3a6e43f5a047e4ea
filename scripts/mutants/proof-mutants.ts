// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
/** What is asked of S3, how far, what its answers are taken for, and what is kept of a proof. */
import { bugsIn, type Mutant } from './mutant.ts'

export const proofMutants: readonly Mutant[] = [
  ...bugsIn(
    {
      file: 'src/archive/listing.ts',
      tests: ['test/archive/archives.test.ts', 'test/archive/moved.test.ts'],
    },
    ['leave a quote at an ETag', `(ETag ?? '').replaceAll('"', '')`, `(ETag ?? '').replace('"', '')`],
    [
      'say that all was read where it was cut',
      'isCut: true, unread: undefined',
      'isCut: false, unread: undefined',
    ],
    [
      'go by a token where S3 says that is all',
      'asked.answer.IsTruncated ? asked.answer.NextContinuationToken : undefined',
      'asked.answer.NextContinuationToken',
    ],
  ),
  ...bugsIn(
    {
      file: 'src/archive/verdict.ts',
      tests: ['test/archive/archives.test.ts', 'test/archive/verdict.test.ts'],
    },
    ['ask without an end', `if (budget.questions-- <= 0) return { is: 'unproven' }`, ''],
    [
      'lose the version that S3 told of',
      `return head?.is === 'known' ? head.versionId : undefined`,
      'return undefined',
    ],
    ['ask S3 for no checksum', `, ChecksumMode: 'ENABLED'`, ''],
    [
      'take a checksum of parts for one of the whole',
      `answer.ChecksumType === 'COMPOSITE' || (checksum?.includes('-') ?? false)`,
      `answer.ChecksumType === 'COMPOSITE'`,
    ],
    [
      'call the ETag of what S3 encrypts no MD5',
      `(encryption === undefined || encryption === 'AES256') &&`,
      'encryption === undefined &&',
    ],
    [
      'call a body that stalls missing',
      `  } catch {
    return { is: 'denied' }`,
      `  } catch {
    return { is: 'missing' }`,
    ],
    ['swallow a failure that passes while there is time', 'if (!budget.isLate()) throw error', ''],
    [
      'call every refusal a missing object',
      `  if (isPassing(error)) throw error
  return { is: 'denied' }`,
      `  if (isPassing(error)) throw error
  return { is: 'missing' }`,
    ],
  ),
  ...bugsIn(
    {
      file: 'src/archive/archives.ts',
      tests: ['test/archive/archives.test.ts', 'test/archive/moved.test.ts'],
    },
    [
      'let a slow S3 have all the time of a pass',
      'const limited = until(endsAt, clock, aws)',
      'const limited = aws',
    ],
    [
      'let slow collected prefixes have all the time',
      'const moving = until(movedBy, clock, aws)',
      'const moving = aws',
    ],
    [
      'read as many pages of each collected prefix',
      `    pages -= listing.pages
`,
      '',
    ],
    [
      'call missing what lies where we may not look',
      'if (listing.isCut || listing.unread !== undefined) isWhole = false',
      'if (listing.isCut) isWhole = false',
    ],
    [
      'look for what is short among the collected',
      `new Set(gaps.filter((gap) => gap.is === 'missing').map((gap) => gap.path))`,
      'new Set(gaps.map((gap) => gap.path))',
    ],
    [
      'give up a proof for one slow object',
      `proof.gaps.every(({ is }) => is === 'unproven')`,
      `proof.gaps.some(({ is }) => is === 'unproven')`,
    ],
    [
      'compare under another prefix of keys',
      'keyOf(path, prefix, archive.keyRule)',
      `keyOf(path, prefix, 'underscores')`,
    ],
  ),
  ...bugsIn(
    { file: 'src/archive/prove.ts', tests: ['test/archive/prove.test.ts', 'test/archive/archives.test.ts'] },
    [
      'take a longer object for the file',
      `if (listed.size !== file.size) return listed.size < file.size ? 'short' : 'different'`,
      `if (listed.size < file.size) return 'short'`,
    ],
    ['take the ETag of parts for an MD5', 'const MD5 = /^[0-9a-f]{32}$/', 'const MD5 = /^[0-9a-f]{32}/'],
    [
      'read what S3 already contradicts',
      `  if (isOtherMd5) return 'different'
`,
      '',
    ],
    [
      'call what vanished unproven',
      `  if (head.is === 'missing') return 'missing'
`,
      `  if (head.is === 'missing') return 'unproven'
`,
    ],
    [
      'call what vanished before it was read unproven',
      `  if (digest.is === 'missing') return 'missing'
`,
      `  if (digest.is === 'missing') return 'unproven'
`,
    ],
    [
      'read one byte more than the limit',
      `file.size > hashLimitBytes ? 'unproven'`,
      `file.size > hashLimitBytes + 1 ? 'unproven'`,
    ],
    [
      'find no collected object that went up in parts',
      'for (const etag of [md5, multipart?.etag])',
      'for (const etag of [md5])',
    ],
    [
      'tell no version of a proven object',
      '...listed, ...(versionId !== undefined && { versionId })',
      '...listed',
    ],
  ),
  ...bugsIn({ file: 'src/archive/prefix.ts', tests: ['test/archive/prefix.test.ts'] }, [
    'find an environment in the midst of a name',
    '/^awseb-(e-[a-z0-9]+)-/',
    '/awseb-(e-[a-z0-9]+)-/',
  ]),
  ...bugsIn(
    {
      file: 'src/archive/receipt.ts',
      tests: ['test/archive/receipt.test.ts', 'test/termination/write-receipt.test.ts'],
    },
    [
      'give all adopted actions of a machine one receipt',
      `\`adopted-\${new Date(action.startedAt).toISOString().replaceAll(':', '-')}\``,
      '`adopted`',
    ],
    ['let a token leave its folder', 'encodeURIComponent(name)', 'name'],
    ['read a receipt of another version', 'z.literal(RECEIPT_VERSION)', 'z.number()'],
  ),
]
