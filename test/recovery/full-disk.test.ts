/** What machines and agents really print, in short. */
import { describe, expect, it } from '@jest/globals'
import { complaintOfFullDisk } from '../../src/recovery/full-disk.ts'

const boot = '[    0.000000] Linux version 6.1.115-126.197.amzn2023.x86_64 (mockbuild@ip-10-0-0-1) #1 SMP'

describe('a full disk', () => {
  it.each([
    'systemd-journald[524]: Failed to create new system journal: No space left on device',
    "[   21.4] cloud-init[1630]: OSError: [Errno 28] No space left on device: '/var/lib/cloud/data/tmp4hb'",
    'mktemp: failed to create directory via template ‘/tmp/growpart.XXXXXX’: No space left on device',
    'failed to create script file: write /var/lib/amazon/ssm/i-0123/document/x/_script.sh: no space left on device',
    'EXT4-fs (nvme0n1p1): Delayed block allocation failed for inode 262 at logical offset 0 with error 28',
    'node[712]: Error: ENOSPC: write',
    'rsyslogd: file /var/log/messages: No space left on device, error 28',
  ])('is what is meant by %s', (line) => {
    expect(complaintOfFullDisk(`${boot}\n${line}\nip-10-0-0-7 login: `)).toBe(line)
  })
  it.each([
    'filewatcher listener encountered error when add watch: no space left on device',
    '[ssm-document-worker] failed to create channel: no space left on device',
    'Failed to add /run/systemd/ask-password to directory watch: No space left on device',
    'x.service: Failed to add inotify watch descriptor for control group /system.slice/x.service: No space left on device',
    'mkdir: cannot create directory ‘/sys/fs/cgroup/memory/web’: No space left on device',
    'mkdir /run/user/1000: no space left on device',
    'httpd: could not create accept mutex: semget: No space left on device',
    'cp: error writing ‘/dev/shm/x’: No space left on device',
    'cp: error writing ‘/boot/initrd.img’: No space left on device',
    'sh: echo: write error on /proc/sys/kernel/ns_last_pid: No space left on device',
    'mount: /mnt/scratch: tmpfs: No space left on device',
    'systemd[1]: Failed to create control group /web.slice: No space left on device',
    'systemd[1]: Failed to create cgroup /web.slice: No space left on device',
    'Out of memory: Killed process 812 (amazon-ssm-agen)',
    'Audit daemon is low on disk space for logging',
    'EXT4-fs (nvme0n1p1): I/O error 280 while writing',
  ])('is not what is meant by %s', (line) => {
    expect(complaintOfFullDisk(`${boot}\n${line}\n`)).toBeUndefined()
  })
  it('of an earlier boot says nothing of this one', () => {
    expect(complaintOfFullDisk(`${boot}\nwrite: No space left on device\n${boot}\nlogin:`)).toBeUndefined()
  })
  it('is told by its last line, where a boot is not seen too', () => {
    expect(complaintOfFullDisk('a: No space left on device\nb: No space left on device\r\nc')).toBe(
      'b: No space left on device',
    )
  })
  it('is told in few characters', () => {
    const line = `${'x'.repeat(5000)}: No space left on device`
    expect(complaintOfFullDisk(line)?.length).toBe(200)
    const cut = complaintOfFullDisk(`😀${'x'.repeat(174)}: No space left on device`)
    expect([cut?.length, cut?.isWellFormed()]).toEqual([200, true])
  })
})
