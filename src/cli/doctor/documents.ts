/** The documents that the guard has SSM run: on each instance, and on a healthy machine for the disk of a dead one. Pure. */
import type { FlushParameter, SalvageParameter } from '../../flush/document.ts'
import type { DeploymentFacts, DocumentFacts } from './facts.ts'
import { type Check, fail, judged, pass } from './finding.ts'

const SENT = [
  'InstanceId',
  'Region',
  'Purpose',
  'Bucket',
  'Prefix',
  'Upload',
  'ManifestPrefix',
  'ExecutionTimeout',
] as const satisfies readonly FlushParameter[]

export const documentsFit: Check<DeploymentFacts> = {
  name: 'document',
  why: 'without its document, or with one of another version that refuses what is asked for, nothing is flushed or salvaged',
  look: ({ documents, policy }) =>
    documents.map((document) =>
      judged(document.parameters, document.name, (taken) => {
        if (!taken) return fail('there is no such document', 'deploy again')
        const lacks = sentTo(document, policy.archive.encryption).filter((name) => !taken.includes(name))
        return lacks.length === 0
          ? pass('it takes what the guard asks for')
          : fail(
              `it does not take ${lacks.join(', ')}`,
              'deploy again, and look at the document’s default version',
            )
      }),
    ),
}

function sentTo({ kind }: DocumentFacts, encryption: string): readonly SalvageParameter[] {
  return [
    ...SENT,
    ...(encryption ? ['Encryption' as const] : []),
    ...(kind === 'salvage' ? (['Disk', 'OtherVolumes'] as const) : []),
  ]
}
