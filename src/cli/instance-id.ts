import { InvalidArgumentError } from 'commander'

/** Reads an instance id from the command line. */
export function instanceId(text: string): string {
  if (/^i-[0-9a-f]{8,32}$/.test(text)) return text
  throw new InvalidArgumentError('An instance id looks like i-0123456789abcdef0.')
}
