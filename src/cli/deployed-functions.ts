/** The functions that each deployment has. Pure. */

/** How their names end. Each writes to the journal. */
export const FUNCTIONS = ['terminations', 'sweep', 'enrol', 'audit'] as const

/** The sweep runs every five minutes; three times that without one is no accident. */
export const SWEEP_IS_LATE_MS = 15 * 60_000
