/** The stock AWS CLI, many commands in one process. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface StockCli {
  /** A command line as a person types it, `aws` first. */
  run(line: string): Promise<Ran>
  stop(): void
}

/** `undefined` = there is none, or it is no Python program (AWS's own installer packs it into one file). */
export function pythonOfStockCli(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const program = join(folder, 'aws')
    if (!existsSync(program)) continue
    const [, python] = /^#!\s*(\S*python\S*)/.exec(readFileSync(program, 'utf8').slice(0, 200)) ?? []
    if (python !== undefined) return python
  }
  return undefined
}

/**
 * Loading the CLI and what it knows of a service takes longer than what a command does. So that stays, and all else is new for each.
 * Older versions know no AWS_ENDPOINT_URL: they are told as the file to source tells them.
 */
const driver = `
import json, os, shlex, sys, tempfile
from awscli.clidriver import create_clidriver
loader = create_clidriver().session.get_component('data_loader')
answers = os.fdopen(os.dup(1), 'w')
for line in sys.stdin:
    _, service, *rest = shlex.split(json.loads(line))
    endpoint = os.environ['AWS_ENDPOINT_URL_S3' if service in ('s3', 's3api', 'sqs') else 'AWS_ENDPOINT_URL']
    files = tempfile.TemporaryFile(), tempfile.TemporaryFile()
    for number, file in enumerate(files, 1):
        os.dup2(file.fileno(), number)
    driver = create_clidriver()
    driver.session.register_component('data_loader', loader)
    try:
        status = driver.main(['--endpoint-url', endpoint, service, *rest])
    except SystemExit as end:
        status = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    texts = []
    for file in files:
        file.seek(0)
        texts.append(file.read().decode())
        file.close()
    print(json.dumps({'status': status or 0, 'stdout': texts[0], 'stderr': texts[1]}), file=answers, flush=True)
`

export function startStockCli(
  python: string,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): StockCli {
  const child = spawn(python, ['-c', driver], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, AWS_PAGER: '', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async run(line) {
      child.stdin.write(`${JSON.stringify(line)}\n`)
      const { value } = await answers.next()
      if (value === undefined) throw new Error('the AWS CLI ended by itself')
      return JSON.parse(value)
    },
    stop: () => void child.stdin.end(),
  }
}
