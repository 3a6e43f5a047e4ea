/** The SSM documents of a deployment: the flush script, one profile, and parameters that cannot break out of their quotes. */
import { readFileSync } from 'node:fs'
import { compileProfile, type Profile } from './profile.ts'
import { shortened } from './shortened.ts'
import { MAX_UPLOAD_CHARS } from './upload.ts'

/** One parameter of a Command document. Patterns must mean the same in Java (the service) and in RE2 (the agent). */
export interface DocumentParameter {
  readonly type: 'String'
  readonly description: string
  readonly allowedPattern: string
  readonly default?: string
  readonly maxChars?: number
}

/** The content of a document, ready for `JSON.stringify`. */
export interface FlushDocument {
  readonly schemaVersion: '2.2'
  readonly description: string
  readonly parameters: Readonly<Record<string, DocumentParameter>>
  readonly mainSteps: readonly {
    readonly action: 'aws:runShellScript'
    readonly name: string
    readonly precondition: { readonly StringEquals: readonly ['platformType', 'Linux'] }
    readonly inputs: { readonly timeoutSeconds: string; readonly runCommand: readonly string[] }
  }[]
}

/** A machine flushes its own logs, or salvages those on a copy of a dead machine's disk. Both would not fit into one document. */
export type DocumentKind = 'flush' | 'salvage'

/** AWS's limit of a document is 64 KB, and where it counts the values of the parameters too, they must find room beside it. */
const MAX_BYTES = 64 * 1024
/** As long as `Upload` is the longest that is allowed; `test/flush/document.test.ts` computes it. */
const MAX_PARAMETER_BYTES = 3250
/** What a document of ours may take. */
export const MAX_DOCUMENT_BYTES = MAX_BYTES - MAX_PARAMETER_BYTES

const KEY_PREFIX = '^[A-Za-z0-9_./=-]{0,512}$'

const parameters = {
  InstanceId: {
    type: 'String',
    description: 'The instance that is flushed, as the manifest names it.',
    allowedPattern: '^i-[0-9a-f]{8,32}$',
  },
  Region: {
    type: 'String',
    description: 'The region of the bucket.',
    allowedPattern: '^[a-z0-9-]{1,32}$',
  },
  Purpose: {
    type: 'String',
    description: 'termination may stop the writers of logs, audit never does.',
    allowedPattern: '^(termination|audit)$',
  },
  Bucket: {
    type: 'String',
    description: 'The bucket of the archive.',
    allowedPattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  },
  Prefix: {
    type: 'String',
    description: 'Where this instance is archived: empty, or ends with /.',
    allowedPattern: KEY_PREFIX,
  },
  Upload: {
    type: 'String',
    description:
      'Empty: the publisher of the platform. *: every file, directly. Otherwise base64(gzip(paths, NUL after each)).',
    // RE2 refuses a repetition above 1,000, so the length is bounded by maxChars.
    allowedPattern: '^(\\*|[A-Za-z0-9+/=]*)$',
    maxChars: MAX_UPLOAD_CHARS,
    default: '',
  },
  ManifestPrefix: {
    type: 'String',
    description: 'Where a manifest is put that is too large for standard output: empty, or ends with /.',
    allowedPattern: KEY_PREFIX,
  },
  Encryption: {
    type: 'String',
    description:
      'The encryption that the bucket asks of an upload: empty, AES256, aws:kms or aws:kms:<ARN of a key>.',
    allowedPattern: '^(AES256|aws:kms(:arn:[A-Za-z0-9:/_-]{1,400})?)?$',
    default: '',
  },
  ExecutionTimeout: {
    type: 'String',
    description: 'Seconds after which the flush is stopped. It reports before.',
    allowedPattern: '^[0-9]{1,6}$',
    default: '1800',
  },
} as const satisfies Record<string, DocumentParameter>

const salvageParameters = {
  ...parameters,
  InstanceId: { ...parameters.InstanceId, description: 'The dead instance whose logs these are.' },
  Purpose: { ...parameters.Purpose, description: 'Always salvage.', allowedPattern: '^salvage$' },
  Disk: {
    type: 'String',
    description:
      'The copy of its volume, and the name under which it is attached here: vol-0123456789abcdef0/dev/sdf.',
    allowedPattern: '^vol-[0-9a-f]{8,32}/dev/[a-z0-9]{1,32}$',
  },
  OtherVolumes: {
    type: 'String',
    description: 'How many EBS volumes the dead instance has besides its root. Empty: not known.',
    allowedPattern: '^[0-9]{0,3}$',
    default: '',
  },
} as const satisfies Record<string, DocumentParameter>

/** The names of the documents' parameters. */
export type FlushParameter = keyof typeof parameters
export type SalvageParameter = keyof typeof salvageParameters

/** The document for instances of this profile. */
export function buildDocument(profile: Profile, kind: DocumentKind = 'flush'): FlushDocument {
  const whose = kind === 'flush' ? "this instance's logs" : 'the logs on the copied disk of a dead instance'
  return {
    schemaVersion: '2.2',
    description: `Termination guard: archives ${whose} in S3 and reports what must be there (${profile.name}).`,
    parameters: kind === 'flush' ? parameters : salvageParameters,
    mainSteps: [
      {
        action: 'aws:runShellScript',
        name: kind,
        precondition: { StringEquals: ['platformType', 'Linux'] },
        // One entry of many lines: in JSON, a line costs less so than as an entry of its own.
        inputs: { timeoutSeconds: '{{ ExecutionTimeout }}', runCommand: [scriptOf(profile, kind)] },
      },
    ],
  }
}

/** The parts of the script, each readable alone, in the order in which they are joined. On a dead machine's disk nobody writes. */
const PARTS: Record<DocumentKind, readonly string[]> = {
  flush: [
    'main',
    'ground',
    'files',
    'cron',
    'logrotate',
    'census',
    'deleted',
    'writers',
    'names',
    'publish',
    'inventory',
    'upload',
    'last-look',
    'report',
  ],
  salvage: [
    'salvage',
    'ground',
    'files',
    'cron',
    'logrotate',
    'census',
    'names',
    'inventory',
    'upload',
    'report',
  ],
}

/** The parts as they are written, joined. */
export function writtenParts(kind: DocumentKind): string {
  return PARTS[kind]
    .map((part) => readFileSync(new URL(`./script/${part}.sh`, import.meta.url), 'utf8'))
    .join('')
}

/** The script with its settings: SSM replaces each `{{ parameter }}` by the value's text. */
function scriptOf(profile: Profile, kind: DocumentKind, parts = shortened(writtenParts(kind))): string {
  const given = kind === 'flush' ? SETTINGS : [...SETTINGS, ...SALVAGE_SETTINGS]
  const used: Profile = kind === 'flush' ? profile : { ...profile, quiesce: [], publisher: null } // nothing of a disk is run
  const settings = [
    ...given.map(([variable, parameter]) => `${variable}='{{ ${parameter} }}'`),
    compileProfile(used),
  ].join('\n')
  return `${parts.replace(/^#@settings$/m, () => settings)}main "$@"\n`
}

/** The same script as it is written, for who reads or checks it. */
export function writtenScript(profile: Profile, kind: DocumentKind = 'flush'): string {
  return scriptOf(profile, kind, writtenParts(kind))
}

const SETTINGS: readonly (readonly [string, FlushParameter])[] = [
  ['INSTANCE_ID', 'InstanceId'],
  ['REGION', 'Region'],
  ['PURPOSE', 'Purpose'],
  ['BUCKET', 'Bucket'],
  ['PREFIX', 'Prefix'],
  ['UPLOAD', 'Upload'],
  ['MANIFEST_PREFIX', 'ManifestPrefix'],
  ['ENCRYPTION', 'Encryption'],
  ['EXECUTION_TIMEOUT', 'ExecutionTimeout'],
]

const SALVAGE_SETTINGS: readonly (readonly [string, SalvageParameter])[] = [
  ['DISK', 'Disk'],
  ['OTHER_VOLUMES', 'OtherVolumes'],
]
