/** S3, by its API and by the commands for files. */
import { expect } from '@jest/globals'
import { type Example, typed } from './example.ts'

interface Tagged {
  readonly ETag: string
}
interface Versions {
  readonly Versions: readonly { readonly VersionId: string }[]
}

const policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shop-1/*' }],
}
const md5 = '"8d777f385d3dfec8815d20f7496026dc"' // of "data"

const buckets: readonly Example[] = [
  typed(
    'aws s3api create-bucket --bucket shop-1 --create-bucket-configuration LocationConstraint=eu-west-1',
    { answer: { Location: 'http://shop-1.s3.amazonaws.com/' } },
  ),
  typed('aws s3 mb s3://shop-2', { prints: /^make_bucket: shop-2$/m }),
  typed('aws s3api list-buckets --query "Buckets[].Name"', { answer: ['shop-1', 'shop-2'] }),
  typed('aws s3api head-bucket --bucket shop-1'),
  typed('aws s3api head-bucket --bucket nobodys', { refused: /\(404\)/ }),
  typed('aws s3api get-bucket-location --bucket shop-1', { answer: { LocationConstraint: 'eu-west-1' } }),
  typed('aws s3api put-bucket-versioning --bucket shop-1 --versioning-configuration Status=Enabled'),
  typed('aws s3api get-bucket-versioning --bucket shop-1', { answer: { Status: 'Enabled' } }),
  typed(
    'aws s3api put-bucket-encryption --bucket shop-1 --server-side-encryption-configuration \'{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}\'',
  ),
  typed('aws s3api get-bucket-encryption --bucket shop-1', {
    answer: {
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    },
  }),
  typed('aws s3api delete-bucket-encryption --bucket shop-1'),
  typed('aws s3api put-bucket-policy --bucket shop-1 --policy file://policy.json', {
    files: { 'policy.json': policy },
  }),
  typed('aws s3api get-bucket-policy --bucket shop-1 --query Policy --output text', {
    prints: /"Action": ?"s3:GetObject"/,
  }),
  typed('aws s3api delete-bucket-policy --bucket shop-1'),
  typed('aws s3api get-bucket-policy --bucket shop-1', { refused: /\(NoSuchBucketPolicy\)/ }),
]

const objects: readonly Example[] = [
  typed(
    'aws s3api put-object --bucket shop-1 --key dir-1/data.txt --body data.txt --metadata till=1 --content-type text/plain',
    {
      files: { 'data.txt': 'data' },
      answer: { ETag: md5, ServerSideEncryption: 'AES256' },
    },
  ),
  typed(
    'aws s3api put-object --bucket shop-1 --key data.txt --body data.txt --content-md5 jXd/OF09/siBXSD3SWAm3A==',
    { answer: { ETag: md5 } },
  ),
  typed(
    'aws s3api put-object --bucket shop-1 --key data.txt --body data.txt --content-md5 AAAAAAAAAAAAAAAAAAAAAA==',
    { refused: /\(BadDigest\)/ },
  ),
  typed('aws s3api head-object --bucket shop-1 --key dir-1/data.txt', {
    answer: {
      ContentLength: 4,
      ETag: md5,
      ContentType: 'text/plain',
      Metadata: { till: '1' },
      AcceptRanges: 'bytes',
    },
  }),
  typed('aws s3api head-object --bucket shop-1 --key none', { refused: /\(404\)/ }),
  typed('aws s3api get-object --bucket shop-1 --key dir-1/data.txt --range bytes=1-2 part.txt', {
    answer: { ContentLength: 2, ContentRange: 'bytes 1-2/4' },
  }),
  typed('aws s3api get-object --bucket shop-1 --key dir-1/data.txt copy.txt', {
    answer: { ContentLength: 4 },
  }),
  typed('aws s3api get-object --bucket shop-1 --key none none.txt', { refused: /\(NoSuchKey\)/ }),
  typed('aws s3api put-object --bucket shop-1 --key summed.txt --body data.txt --checksum-algorithm SHA256', {
    answer: { ChecksumSHA256: 'Om6weQ85rIfJTzhWst0sXREOaBFgImGpqSPTuyOtyLc=' },
  }),
  typed(
    'aws s3api get-object-attributes --bucket shop-1 --key summed.txt --object-attributes "ETag" "Checksum" "ObjectSize" "StorageClass"',
    {
      answer: {
        ETag: md5.replaceAll('"', ''),
        ObjectSize: 4,
        Checksum: { ChecksumSHA256: 'Om6weQ85rIfJTzhWst0sXREOaBFgImGpqSPTuyOtyLc=' },
      },
    },
  ),
  typed('aws s3api copy-object --copy-source shop-1/dir-1/data.txt --key dir-2/data.txt --bucket shop-2', {
    answer: { CopyObjectResult: { ETag: md5 } },
  }),
  typed("aws s3api list-objects --bucket shop-1 --query 'Contents[].{Key: Key, Size: Size}'", {
    answer: [
      { Key: 'data.txt', Size: 4 },
      { Key: 'dir-1/data.txt', Size: 4 },
      { Key: 'summed.txt', Size: 4 },
    ],
  }),
  typed('aws s3api list-objects-v2 --bucket shop-1 --prefix dir-1/ --max-items 1', {
    answer: { Contents: [{ Key: 'dir-1/data.txt', ETag: md5, Size: 4, StorageClass: 'STANDARD' }] },
  }),
  typed('aws s3api list-objects-v2 --bucket shop-1 --delimiter / --query CommonPrefixes', {
    answer: [{ Prefix: 'dir-1/' }],
  }),
  typed('aws s3api delete-object --bucket shop-1 --key dir-1/data.txt', { answer: { DeleteMarker: true } }),
  typed('aws s3api list-object-versions --bucket shop-1 --prefix dir-1/', {
    answer: {
      Versions: [{ Key: 'dir-1/data.txt', IsLatest: false }],
      DeleteMarkers: [{ Key: 'dir-1/data.txt', IsLatest: true }],
    },
    keep: { VERSION: ({ Versions: [version] }: Versions) => version?.VersionId },
  }),
  typed('aws s3api head-object --bucket shop-1 --key dir-1/data.txt --version-id $VERSION', {
    answer: { VersionId: '$VERSION', ContentLength: 4 },
  }),
  typed('aws s3api delete-objects --bucket shop-1 --delete file://delete.json', {
    files: {
      'delete.json': { Objects: [{ Key: 'data.txt' }, { Key: 'dir-1/data.txt', VersionId: '$VERSION' }] },
    },
    answer: {
      Deleted: [
        { Key: 'data.txt', DeleteMarker: true },
        { Key: 'dir-1/data.txt', VersionId: '$VERSION' },
      ],
    },
  }),
]

const upload = '--bucket shop-2 --key "multipart/01" --upload-id $UPLOAD'
const parts: readonly Example[] = [
  typed("aws s3api create-multipart-upload --bucket shop-2 --key 'multipart/01'", {
    answer: { Bucket: 'shop-2', Key: 'multipart/01' },
    keep: { UPLOAD: (it: { UploadId: string }) => it.UploadId },
  }),
  typed('aws s3api list-multipart-uploads --bucket shop-2', {
    answer: { Uploads: [{ Key: 'multipart/01', UploadId: '$UPLOAD', StorageClass: 'STANDARD' }] },
  }),
  typed(`aws s3api upload-part ${upload} --part-number 1 --body part01`, {
    files: { part01: 'x'.repeat(5 * 1024 * 1024) },
    keep: { FIRST: ({ ETag }: Tagged) => ETag.replaceAll('"', '') },
  }),
  typed(`aws s3api upload-part-copy ${upload} --copy-source "shop-2/dir-2/data.txt" --part-number 2`, {
    answer: { CopyPartResult: { ETag: md5 } },
  }),
  typed(`aws s3api list-parts ${upload}`, {
    answer: {
      Parts: [
        { PartNumber: 1, Size: 5_242_880 },
        { PartNumber: 2, Size: 4, ETag: md5 },
      ],
    },
  }),
  typed(`aws s3api complete-multipart-upload ${upload} --multipart-upload file://mpustruct`, {
    files: {
      mpustruct: {
        Parts: [
          { ETag: '$FIRST', PartNumber: 1 },
          { ETag: md5, PartNumber: 2 },
        ],
      },
    },
    answer: { Bucket: 'shop-2', Key: 'multipart/01', ETag: expect.stringMatching(/^"[0-9a-f]{32}-2"$/) },
  }),
  typed("aws s3api create-multipart-upload --bucket shop-2 --key 'multipart/02'", {
    keep: { UPLOAD: (it: { UploadId: string }) => it.UploadId },
  }),
  typed("aws s3api abort-multipart-upload --bucket shop-2 --key 'multipart/02' --upload-id $UPLOAD"),
  typed('aws s3api list-multipart-uploads --bucket shop-2 --query Uploads', { answer: null }),
]

const files: readonly Example[] = [
  typed('aws s3 cp data.txt s3://shop-2/till/data.txt', {
    prints: /^upload: \.\/data\.txt to s3:\/\/shop-2\/till\/data\.txt/m,
  }),
  typed('aws s3 cp s3://shop-2/till/data.txt s3://shop-2/till/copy.txt', { prints: /^copy: /m }),
  typed('aws s3 ls s3://shop-2 --recursive --human-readable --summarize', {
    prints: /4 Bytes till\/copy\.txt[\s\S]*Total Objects: 4/,
  }),
  typed('aws s3 ls s3://shop-2/', { prints: /^ +PRE till\/$/m }),
  typed('aws s3 mv s3://shop-2/till/copy.txt moved.txt', {
    prints: /^move: s3:\/\/shop-2\/till\/copy\.txt to \.\/moved\.txt/m,
  }),
  typed('aws s3 sync s3://shop-2/till back', {
    prints: /^download: s3:\/\/shop-2\/till\/data\.txt to back\/data\.txt/m,
  }),
  typed('aws s3 sync back s3://shop-2/till', { prints: /^$/ }),
  typed('aws s3 presign s3://shop-2/till/data.txt', {
    prints: /^http:\/\/127\.0\.0\.1:\d+\/shop-2\/till\/data\.txt\?.*Signature=/,
  }),
  typed('aws s3 rm s3://shop-2/till/data.txt', { prints: /^delete: s3:\/\/shop-2\/till\/data\.txt$/m }),
  typed('aws s3 rb s3://shop-1', { refused: /BucketNotEmpty/ }),
  typed('aws s3 rb s3://shop-2 --force', { prints: /^remove_bucket: shop-2$/m }),
  typed('aws s3api create-bucket --bucket shop-3', { refused: /\(IllegalLocationConstraintException\)/ }),
  typed('aws s3api create-bucket --bucket shop-4 --region us-east-1'),
  typed('aws s3api delete-bucket --bucket shop-4 --region us-east-1'),
  typed('aws s3api head-bucket --bucket shop-4', { refused: /\(404\)/ }),
]

export const s3Examples: readonly Example[] = [...buckets, ...objects, ...parts, ...files]
