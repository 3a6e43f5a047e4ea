/** A program that starts an instance with a script running on it, says so, and waits to be killed. */

import { instancePrograms } from '../../../../testbed/local/instance/programs.ts'
import { startInstance } from '../../../../testbed/local/instance.ts'

const instance = await startInstance({
  instanceId: 'i-0123456789abcdef0',
  groupName: 'collectors',
  disk: process.argv[2] ?? '',
  programs: instancePrograms(process.env),
  environment: {},
  bufferMs: 1_000_000,
  publishEveryMs: undefined,
  fullHourAt: Date.now(),
})
// It goes on forking while it is killed, into process groups of their own.
instance.run(
  '#!/bin/bash\ntouch started; for n in {1..40}; do timeout 1000 sleep 1000 & done; wait',
  1_000_000,
)
