// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import type { Mutant } from './mutant.ts'
import { part, tested } from './script-part.ts'

/** What the flush knows of bytes that somebody takes away, undone. */
export const evidenceMutants: readonly Mutant[] = [
  {
    ...part('census'),
    ...tested('evidence'),
    only: 'its writer cuts at its end',
    name: 'not know how a log ended',
    from: `  hold\n  know_endings\n`,
    to: `  hold\n`,
  },
  {
    ...part('census'),
    ...tested('evidence'),
    only: 'while it was read how the logs end',
    name: 'take the last bytes of a log that grew meanwhile',
    from: `    [ "\${ANSWERS[n]}" = "\${LIST_FACTS[i]}" ] || ENDINGS[$ID]=$(ending_of "\${LIST[i]}" "$SIZE")\n`,
    to: '',
  },
  {
    ...part('census'),
    ...tested('evidence'),
    only: 'while it was read how the logs end',
    name: 'take the last bytes of one log for those of another',
    from: `  [ "\${#text}" = $((bytes * 3)) ] || ANSWERS=()`,
    to: `  :`,
  },
  {
    ...part('last-look'),
    ...tested('evidence'),
    only: 'then replaced by',
    name: 'take the bytes of a path for those that were hashed there',
    from: `  forget_replaced\n  adopt_orphans\n`,
    to: `  adopt_orphans\n`,
  },
  {
    ...part('last-look'),
    ...tested('evidence'),
    only: 'then replaced by',
    name: 'forget what lies at its path as it was hashed',
    from: `[ "$ID" != "$id" ]; then unset`,
    to: `[ "$ID" = "$id" ]; then unset`,
  },
  {
    ...part('ground'),
    ...tested('other-hands'),
    only: 'in the midst of a flush',
    name: 'let cron rotate in the midst of a termination',
    from: `      flock -w 30 8\n`,
    to: `      :\n`,
  },
  {
    ...part('ground'),
    ...tested('other-hands'),
    only: 'in the midst of a flush',
    name: 'keep cron from rotating a machine in service',
    from: `  [ "$PURPOSE" != termination ] || keep_cron_away\n`,
    to: `  keep_cron_away\n`,
  },
  {
    ...part('ground'),
    ...tested('other-hands'),
    only: 'in the midst of a flush',
    name: 'hand the lock of the state to what is started',
    from: ` exec "$@" 3>&- 8>&- 9>&-\n  "$@" 3>&- 8>&- 9>&-`,
    to: ` exec "$@" 3>&- 9>&-\n  "$@" 3>&- 9>&-`,
  },
  {
    ...part('report'),
    ...tested('evidence'),
    only: 'while it was read how the logs end',
    name: 'not ask how many bytes a compressed log had',
    from: `{ [ "\${sizes[$id]:-0}" -ge "$size" ] && has_its_ending "$id" "$size"; } || is_copied`,
    to: `has_its_ending "$id" "$size" || is_copied`,
  },
  {
    ...part('census'),
    ...tested('evidence'),
    only: 'what was hashed',
    name: 'forget what a file began with when it was hashed',
    from: `OVERWRITTEN[$1]=\${EVIDENCE[$1]}; fi`,
    to: `:; fi`,
  },
]
