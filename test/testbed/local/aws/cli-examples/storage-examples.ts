/** Volumes, snapshots, and the rules of the Recycle Bin. */
import { type Example, typed } from './example.ts'

interface Groups {
  readonly AutoScalingGroups: readonly [{ readonly Instances: readonly { readonly InstanceId: string }[] }]
}
interface Volumes {
  readonly Volumes: readonly [{ readonly VolumeId: string }]
}
interface Made {
  readonly VolumeId: string
  readonly SnapshotId: string
  readonly Identifier: string
}

const serving = { LifecycleState: 'InService' }
const volume = (VolumeId: string, more: object) => ({ Volumes: [{ VolumeId, ...more }] })
const onMachine = (InstanceId: string, Device: string, more: object = {}) => ({
  State: 'in-use',
  Attachments: [{ InstanceId, Device, State: 'attached', ...more }],
})

export const storageExamples: readonly Example[] = [
  typed(
    'aws autoscaling create-auto-scaling-group --auto-scaling-group-name front --launch-template LaunchTemplateName=shop --min-size 0 --max-size 2 --desired-capacity 2 --availability-zones eu-west-1b',
  ),
  typed('aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names front', {
    until: { AutoScalingGroups: [{ Instances: [serving, serving] }] },
    keep: {
      LOST: ({ AutoScalingGroups: [group] }: Groups) => group.Instances[0]?.InstanceId,
      HELPER: ({ AutoScalingGroups: [group] }: Groups) => group.Instances[1]?.InstanceId,
    },
  }),

  // — what a machine is launched with
  typed(
    'aws ec2 describe-volumes --filters Name=attachment.instance-id,Values=$LOST Name=availability-zone,Values=eu-west-1b',
    {
      answer: {
        Volumes: [
          {
            ...onMachine('$LOST', '/dev/xvda', { DeleteOnTermination: true }),
            ...{ Size: 8, VolumeType: 'gp3', AvailabilityZone: 'eu-west-1b', Encrypted: false },
          },
        ],
      },
      keep: { ROOT: ({ Volumes: [one] }: Volumes) => one.VolumeId },
    },
  ),
  typed(
    'aws ec2 describe-instances --instance-ids $LOST --query "Reservations[0].Instances[0].BlockDeviceMappings"',
    {
      answer: [
        {
          DeviceName: '/dev/xvda',
          Ebs: { VolumeId: '$ROOT', Status: 'attached', DeleteOnTermination: true },
        },
      ],
    },
  ),
  typed('aws ec2 describe-volumes --volume-ids vol-00000000000000000', {
    refused: /\(InvalidVolume.NotFound\)/,
  }),
  typed('aws ec2 describe-volumes --filters Name=colour,Values=blue', {
    refused: /\(InvalidParameterValue\).*'colour' is invalid/,
  }),
  typed('aws ec2 describe-volumes --volume-ids $ROOT --max-results 5', {
    refused: /\(InvalidParameterCombination\)/,
  }),

  // — tags
  typed('aws ec2 create-tags --resources $ROOT $LOST --tags Key=Team,Value=Sales Key=Old,Value='),
  typed('aws ec2 delete-tags --resources $ROOT --tags Key=Old Key=Team,Value=Other'),
  typed('aws ec2 describe-volumes --filters Name=tag:Team,Values=Sales --query "Volumes[].[VolumeId,Tags]"', {
    answer: [['$ROOT', [{ Key: 'Team', Value: 'Sales' }]]],
  }),
  typed('aws ec2 create-tags --resources vol-00000000000000000 --tags Key=Team,Value=Sales', {
    refused: /\(InvalidVolume.NotFound\)/,
  }),
  typed('aws ec2 delete-tags --resources snap-00000000000000000 --tags Key=Team', {
    refused: /\(InvalidSnapshot.NotFound\)/,
  }),

  // — snapshots
  typed(
    "aws ec2 create-snapshot --volume-id $ROOT --description 'before it goes' --tag-specifications 'ResourceType=snapshot,Tags=[{Key=Rescue,Value=$LOST}]'",
    {
      answer: {
        ...{ VolumeId: '$ROOT', VolumeSize: 8, State: 'pending', OwnerId: '000000000000' },
        ...{ Description: 'before it goes', Tags: [{ Key: 'Rescue', Value: '$LOST' }] },
      },
      keep: { SNAPSHOT: ({ SnapshotId }: Made) => SnapshotId },
    },
  ),
  typed(
    'aws ec2 describe-snapshots --owner-ids self --filters Name=tag:Rescue,Values=$LOST Name=volume-id,Values=$ROOT',
    { until: { Snapshots: [{ SnapshotId: '$SNAPSHOT', State: 'completed', Progress: '100%' }] } },
  ),
  typed('aws ec2 describe-snapshots --snapshot-ids snap-00000000000000000', {
    refused: /\(InvalidSnapshot.NotFound\)/,
  }),
  typed('aws ec2 create-snapshots --instance-specification InstanceId=$HELPER', {
    answer: { Snapshots: [{ State: 'pending', VolumeSize: 8 }] },
  }),
  typed('aws ec2 create-snapshots --instance-specification InstanceId=$HELPER,ExcludeBootVolume=true', {
    answer: { Snapshots: [] },
  }),

  // — a volume of it, and back again
  typed(
    "aws ec2 create-volume --snapshot-id $SNAPSHOT --availability-zone eu-west-1b --volume-type gp3 --client-token once --tag-specifications 'ResourceType=volume,Tags=[{Key=Rescue,Value=$LOST}]'",
    {
      answer: { SnapshotId: '$SNAPSHOT', State: 'creating', Size: 8, VolumeType: 'gp3' },
      keep: { COPY: ({ VolumeId }: Made) => VolumeId },
    },
  ),
  typed(
    "aws ec2 create-volume --snapshot-id $SNAPSHOT --availability-zone eu-west-1b --volume-type gp3 --client-token once --tag-specifications 'ResourceType=volume,Tags=[{Key=Rescue,Value=$LOST}]'",
    { answer: { VolumeId: '$COPY' } },
  ),
  typed('aws ec2 create-volume --size 1 --availability-zone eu-west-1b --client-token once', {
    refused: /\(IdempotentParameterMismatch\)/,
  }),
  typed('aws ec2 create-volume --size 1 --availability-zone us-east-1a', {
    refused: /\(InvalidZone.NotFound\)/,
  }),
  typed('aws ec2 describe-volumes --filters Name=tag-key,Values=Rescue Name=status,Values=available', {
    until: volume('$COPY', { State: 'available', Attachments: [] }),
  }),
  typed('aws ec2 attach-volume --volume-id $COPY --instance-id $HELPER --device /dev/xvda', {
    refused: /\(InvalidParameterValue\).*already in use/,
  }),
  typed('aws ec2 attach-volume --volume-id $ROOT --instance-id $HELPER --device /dev/sdf', {
    refused: /\(VolumeInUse\)/,
  }),
  typed('aws ec2 attach-volume --volume-id $COPY --instance-id $HELPER --device /dev/sdf', {
    answer: { VolumeId: '$COPY', InstanceId: '$HELPER', Device: '/dev/sdf', State: 'attaching' },
  }),
  typed('aws ec2 describe-volumes --volume-ids $COPY', {
    until: volume('$COPY', onMachine('$HELPER', '/dev/sdf', { DeleteOnTermination: false })),
  }),
  typed('aws ec2 modify-volume --volume-id $COPY --size 7', { refused: /\(InvalidParameterValue\)/ }),
  typed('aws ec2 modify-volume --volume-id $COPY --size 9', {
    answer: { VolumeModification: { ModificationState: 'modifying', OriginalSize: 8, TargetSize: 9 } },
  }),
  typed('aws ec2 describe-volumes-modifications --volume-ids $COPY', {
    until: { VolumesModifications: [{ VolumeId: '$COPY', ModificationState: 'completed', Progress: 100 }] },
  }),
  typed('aws ec2 modify-volume --volume-id $COPY --size 10', {
    refused: /\(VolumeModificationRateExceeded\)/,
  }),
  typed('aws ec2 delete-volume --volume-id $COPY', { refused: /\(VolumeInUse\)/ }),
  typed('aws ec2 detach-volume --volume-id $ROOT', { refused: /\(IncorrectState\).*root volume/ }),
  typed('aws ec2 detach-volume --volume-id $COPY --instance-id $HELPER', { answer: { State: 'detaching' } }),
  typed('aws ec2 describe-volumes --volume-ids $COPY', {
    until: volume('$COPY', { State: 'available', Size: 9 }),
  }),
  typed('aws ec2 detach-volume --volume-id $COPY', { refused: /\(IncorrectState\).*'available' state/ }),
  typed('aws ec2 delete-volume --volume-id $COPY'),
  typed('aws ec2 delete-snapshot --snapshot-id $SNAPSHOT'),
  typed('aws ec2 delete-snapshot --snapshot-id $SNAPSHOT', { refused: /\(InvalidSnapshot.NotFound\)/ }),
  typed('aws ec2 describe-volumes --filters Name=tag-key,Values=Rescue', { until: { Volumes: [] } }),

  // — what outlives a machine, and what the Recycle Bin keeps
  typed(
    'aws ec2 modify-instance-attribute --instance-id $HELPER --block-device-mappings \'[{"DeviceName":"/dev/xvda","Ebs":{"DeleteOnTermination":false}}]\'',
  ),
  typed(
    'aws rbin create-rule --resource-type EBS_VOLUME --retention-period RetentionPeriodValue=3,RetentionPeriodUnit=DAYS --resource-tags ResourceTagKey=Team,ResourceTagValue=Sales',
    {
      answer: { ResourceType: 'EBS_VOLUME', Status: 'pending' },
      keep: { RULE: ({ Identifier }: Made) => Identifier },
    },
  ),
  typed('aws rbin get-rule --identifier $RULE', { until: { Identifier: '$RULE', Status: 'available' } }),
  typed('aws rbin list-rules --resource-type EBS_VOLUME', {
    answer: { Rules: [{ Identifier: '$RULE', RetentionPeriod: { RetentionPeriodValue: 3 } }] },
  }),
  typed(
    'aws rbin create-rule --resource-type EBS_VOLUME --retention-period RetentionPeriodValue=8,RetentionPeriodUnit=DAYS',
    { refused: /\(ValidationException\)/ },
  ),
  typed(
    'aws autoscaling update-auto-scaling-group --auto-scaling-group-name front --min-size 0 --max-size 0',
  ),
  typed('aws ec2 describe-volumes', { until: { Volumes: [{ State: 'available', Attachments: [] }] } }),
  typed('aws rbin delete-rule --identifier $RULE'),
  typed('aws rbin get-rule --identifier $RULE', { refused: /\(ResourceNotFoundException\)/ }),
]
