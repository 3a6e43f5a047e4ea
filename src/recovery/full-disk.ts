/** Whether what a machine says tells that its disk is full. Pure. */

/** `ENOSPC` as the C library, Go, Python and the kernel's ext4 spell it. */
const SAYS_SO = /no space left on (the )?device|\bENOSPC\b|\[Errno 28\]|\bEXT4-fs\b.*\berror 28\b/i

/**
 * The kernel has the same error where no disk is full: no more watches (which the SSM agent's own log has, too), control groups, semaphores
 * or shared memory. Nor does a larger root volume help a file system in memory, or one of another partition.
 */
const MEANS_SOMETHING_ELSE =
  /inotify|watch|failed to create channel|c(ontrol )?group|sem(get|op|_open|aphore)|shm(get|_open)|shared memory|epoll|tmpfs|(^|[^\w.-])\/(sys|proc|run|boot|dev\/shm|var\/run)\//i

/** With which the console of each boot begins, where the kernel is not told to be quiet. */
const BOOT = /\bLinux version \d/

const LONGEST_CHARACTERS = 200

/** What was said last of a full disk, since the machine was last booted. */
export function complaintOfFullDisk(text: string): string | undefined {
  const lines = text.split('\n')
  const boot = lines.findLastIndex((line) => BOOT.test(line))
  const sinceBoot = boot < 0 ? lines : lines.slice(boot)
  const line = sinceBoot.findLast((one) => SAYS_SO.test(one) && !MEANS_SOMETHING_ELSE.test(one))
  return line?.trim().slice(-LONGEST_CHARACTERS).toWellFormed()
}
