/** What the documents have people type to deploy: packaged with their parameters, as a deployment begins. */
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect } from '@jest/globals'
import { typeLine } from '../cli/typing.ts'
import { copyProject } from '../deploy/packaged.ts'
import { root } from './documented-lines.ts'
import type { Occasion, Place } from './occasions.ts'

async function set(inTheEnd: (stop: () => unknown) => void) {
  const { directory, remove } = await copyProject()
  inTheEnd(remove)
  // The project's own Node, before any other.
  const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  /** What the last package tells every function. */
  const variables = () => {
    const file = join(directory, '.serverless/cloudformation-template-update-stack.json')
    const { Resources } = JSON.parse(readFileSync(file, 'utf8'))
    return Resources.SweepLambdaFunction.Properties.Environment.Variables
  }
  return {
    directory,
    variables,
    type: (line: string) => typeLine({ PATH, HOME: directory, NO_COLOR: '1' }, line, directory).told,
  }
}

type Project = Awaited<ReturnType<typeof set>>

/** Packaged with what the line says, for these groups. */
const packaged = (groups: string, besides: object = {}): Occasion<Project> => ({
  as: (line) =>
    line
      .replace('serverless deploy', 'serverless package')
      .replace('REGION', 'eu-west-1')
      .replace('…', 'web'),
  says: /Service packaged/,
  after: ({ variables }) => expect(variables()).toMatchObject({ GROUPS: groups, ...besides }),
})

export const deploying: Place<Project> = {
  name: 'what people type to deploy',
  set,
  type: ({ type }, line) => type(line),
  occasions: {
    'npx serverless package --region eu-west-1': { says: /Service packaged/ },
    'npx serverless deploy --region eu-west-1 --param="groups=tag:KEY=VALUE"': packaged('tag:KEY=VALUE'),
    'npx serverless deploy --region eu-west-1 --param="groups=tag:elasticbeanstalk:environment-name=collector-prod"':
      packaged('tag:elasticbeanstalk:environment-name=collector-prod'),
    'npx serverless deploy --region eu-west-1 --param="groups=none"': packaged(''),
    'npx serverless deploy --region REGION --param="groups=…"': packaged('web'),
    'npx serverless deploy --region eu-west-1 --param="groups=tag:termination-guard=yes" --param="profile=./examples/plain-group/nginx.json" --param="bucket=my-logs"':
      packaged('tag:termination-guard=yes', {
        ARCHIVE_BUCKET: 'my-logs',
        ARCHIVE_PREFIX: 'logs/{group}/{instance}/',
      }),
  },
}
