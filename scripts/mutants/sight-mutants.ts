// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'
import { part, tested } from './script-part.ts'

/** What the flush promises of who writes, and of what has its name no more, undone. */
export const sightMutants: readonly Mutant[] = [
  {
    ...part('writers'),
    ...tested('odd-writer'),
    only: 'nobody sees',
    name: 'not know how a log was left by whoever was asked to end',
    from: `  end_strangers\n  settle\n`,
    to: `  end_strangers\n`,
  },
  {
    ...part('writers'),
    ...tested('odd-writer'),
    only: 'nobody sees',
    name: 'forget who was told by what it did',
    from: `"$boot" "\${1#"$ROOT"}" >>"$STATE/unseen"`,
    to: `"$boot" "\${1#"$ROOT"}" >/dev/null`,
  },
  {
    ...part('writers'),
    ...tested('odd-writer'),
    only: 'to read and to write',
    name: 'not see who has its log open to read, too',
    from: `*[1256]) ;;`,
    to: `*1) ;;`,
  },
  {
    ...part('writers'),
    ...tested('odd-writer'),
    only: 'mapped to write',
    name: 'ask nobody to end who has a log mapped',
    from: `  scan_files\n  scan_mappings\n  save_deleted\n`,
    to: `  scan_files\n  save_deleted\n`,
  },
  {
    ...part('names'),
    ...tested('odd-writer'),
    only: 'keeps its name',
    name: 'rename what somebody writes',
    from: `[ -z "\${WRITING[$ID]}\${EVIDENCE`,
    to: `[ -z "\${EVIDENCE`,
  },
  {
    ...part('names'),
    ...tested('odd-writer'),
    only: 'keeps its name',
    name: 'compress what somebody writes',
    from: `if [ -z "$ID" ] || [ -n "\${WRITING[$ID]}" ]; then continue; fi\n    REPLY`,
    to: `if [ -z "$ID" ]; then continue; fi\n    REPLY`,
  },
  {
    ...part('last-look'),
    ...tested('odd-writer'),
    only: 'its log was removed',
    name: 'tell of no writer whose log has no name',
    from: `    WRITERS_LEFT[$path]=\${WRITERS_LEFT[$path]:-\${WRITING[$i]}}\n`,
    to: `    :\n`,
  },
  {
    ...part('census'),
    ...tested('census'),
    only: 'begins with a dot',
    name: 'forget what is held of a folder whose name begins with a dot',
    from: `shopt -s globstar dotglob`,
    to: `shopt -s globstar`,
  },
  {
    ...part('census'),
    ...tested('census'),
    only: 'of another disk',
    name: 'hold nothing of another disk',
    from: `    hold_in "$path"\n`,
    to: `    :\n`,
  },
]
