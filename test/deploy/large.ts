/** The largest deployments that are supported: 200 selections of every kind. */
import { defaults } from './defaults.ts'

const numbers = Array.from({ length: 200 }, (_, index) => index)
const id = (index: number) => (index * 7919 + 100_000).toString(36).padStart(10, 'q')

/** As Elastic Beanstalk names its groups. */
export const beanstalkNames = numbers.map(
  (index) => `awseb-e-${id(index)}-stack-AWSEBAutoScalingGroup-${id(index).toUpperCase()}XY`,
)
export const environmentNames = numbers.map((index) => `environment-of-customer-number-${index}`)

const tagged = (key: string) => (value: string) => `tag:${key}=${value}`

/** `groups` of each. */
export const largest: Readonly<Record<string, string>> = {
  '200 names as Elastic Beanstalk makes them': beanstalkNames.join(','),
  '200 names of 100 characters': numbers.map((index) => id(index).padStart(100, 'n')).join(','),
  '200 values of one tag': environmentNames.map(tagged('elasticbeanstalk:environment-name')).join(','),
  '200 tags of their own': numbers
    .map((index) => `tag:a-team-with-quite-some-name-${index}=is-guarded`)
    .join(','),
  '100 names and 100 values of ten tags': [
    ...beanstalkNames.slice(0, 100),
    ...numbers.slice(100).map((index) => `tag:owner-${index % 10}=team-${index}`),
  ].join(','),
}

/** All parameters of such a deployment, with the longest that the others may be. */
export function largestParameters(groups: string): typeof defaults {
  return {
    ...defaults,
    groups,
    bucket: 'b'.repeat(63),
    bucketOwner: '111122223333',
    prefix: `${'p'.repeat(100)}/{environment}/{group}/{instance}/`,
    movedTo: Array.from({ length: 5 }, (_, index) => `collected/by/somebody/else/${index}/`).join(','),
    encryption: 'aws:kms',
    kmsKeyArn: 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1234abcd12344000800000000000abcd',
    alarmEmail: 'a-rather-long-name-of-an-on-call-rota@operations.example.com',
  }
}
