/** What to type where somebody's file cannot be loaded, from the words that it fails with. */
export function adviceOn(words: string, folder: string): string {
  if (/python3 ENOENT/.test(words))
    return 'There is no python3 on the PATH. Install it: apt-get install python3'
  const python = /No module named '([\w-]+)/.exec(words)?.[1]
  if (python === 'boto3' || python === 'botocore')
    return 'Lambda brings boto3 along; here python3 needs it: pip install boto3, or apt-get install python3-boto3'
  if (python !== undefined)
    return `It must be in the folder, as for Lambda: pip install ${python} --target ${folder}`
  const script = /Cannot find (?:package|module) '([^']+)'/.exec(words)?.[1]
  if (script === 'aws-sdk' || script?.startsWith('aws-sdk/'))
    return `Lambda’s runtime brings version 2 of the AWS SDK along no longer: npm install aws-sdk --prefix ${folder}`
  if (script !== undefined)
    return `It must be in the folder, as for Lambda: npm install ${script} --prefix ${folder}`
  if (/^.*KeyError: '\w+'/.test(words)) return 'Where that is a variable of its environment: --env NAME=VALUE'
  return ''
}
