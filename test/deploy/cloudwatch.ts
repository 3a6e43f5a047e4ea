/**
 * CloudWatch's alarm evaluation, as its user guide describes it, for alarms on one metric. Every minute the newest complete periods are
 * looked at, with whatever has arrived until then, and some more before them (how many is not said). Real points are preferred to missing
 * ones; only what is still lacking is filled in as TreatMissingData says.
 */

/** One value of a metric: of when it is, and when CloudWatch has it. In seconds. */
export interface Point {
  readonly at: number
  readonly value: number
  readonly arrivesAt: number
}

export interface AlarmProperties {
  readonly Period: number
  readonly Statistic: 'Sum' | 'Maximum' | 'SampleCount'
  readonly EvaluationPeriods: number
  readonly DatapointsToAlarm: number
  readonly Threshold: number
  readonly ComparisonOperator: 'GreaterThanThreshold' | 'LessThanThreshold'
  readonly TreatMissingData: 'notBreaching' | 'breaching' | 'ignore'
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

export interface Transition {
  readonly at: number
  readonly to: AlarmState
}

const MINUTE = 60

/** How the alarm's state changes from `from` to `until`; `extraPeriods` are looked at beyond those that are evaluated. */
export function transitions(
  alarm: AlarmProperties,
  points: readonly Point[],
  {
    from = 0,
    until,
    extraPeriods,
  }: { readonly from?: number; readonly until: number; readonly extraPeriods: number },
): Transition[] {
  const found: Transition[] = []
  let state: AlarmState = 'INSUFFICIENT_DATA'
  for (let now = from; now <= until; now += MINUTE) {
    const arrived = points.filter(({ arrivesAt }) => arrivesAt <= now)
    const next = stateOf(alarm, periodsBefore(alarm, arrived, now, extraPeriods), state)
    if (next !== state) found.push({ at: now, to: next })
    state = next
  }
  return found
}

/** The statistic of each of the newest complete periods, the newest first; `undefined` where there is no point. */
function periodsBefore(
  { Period, Statistic, EvaluationPeriods }: AlarmProperties,
  points: readonly Point[],
  now: number,
  extraPeriods: number,
): (number | undefined)[] {
  const end = Math.floor(now / Period) * Period
  return Array.from({ length: EvaluationPeriods + extraPeriods }, (_, index) => {
    const start = end - (index + 1) * Period
    const values = points.filter(({ at }) => at >= start && at < start + Period).map(({ value }) => value)
    return values.length === 0 ? undefined : statisticOf(Statistic, values)
  })
}

function statisticOf(statistic: AlarmProperties['Statistic'], values: readonly number[]): number {
  switch (statistic) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0)
    case 'Maximum':
      return Math.max(...values)
    case 'SampleCount':
      return values.length
  }
}

function stateOf(
  { EvaluationPeriods, DatapointsToAlarm, Threshold, ComparisonOperator, TreatMissingData }: AlarmProperties,
  periods: readonly (number | undefined)[],
  before: AlarmState,
): AlarmState {
  const real = periods.filter((value) => value !== undefined).slice(0, EvaluationPeriods)
  const isBreaching = (value: number) =>
    ComparisonOperator === 'GreaterThanThreshold' ? value > Threshold : value < Threshold
  const breaching = real.filter(isBreaching).length
  const missing = EvaluationPeriods - real.length
  if (breaching >= DatapointsToAlarm) return 'ALARM'
  switch (TreatMissingData) {
    case 'notBreaching':
      return 'OK'
    case 'breaching':
      return breaching + missing >= DatapointsToAlarm ? 'ALARM' : 'OK'
    case 'ignore':
      return breaching + missing >= DatapointsToAlarm ? before : 'OK'
  }
}
