/** The load balancer: an instance that still gets requests while it is flushed drops them. Pure. */
import { shellWord } from '../../shell-word.ts'
import { trafficOf } from '../serving.ts'
import type { GroupFacts } from './facts.ts'
import { type Check, fail, judged, pass, unknown } from './finding.ts'

export const loadBalancer: Check<GroupFacts> = {
  name: 'load-balancer',
  why: 'Auto Scaling takes an instance out of the load balancer, and lets it drain, before the hook holds it',
  look: ({ group, groupName }) => [
    judged(group, groupName, (found) => {
      const { targetGroups, unasked } = trafficOf(found)
      const sources = [...targetGroups, ...unasked]
      return sources.length > 0
        ? pass(`attached to ${sources.join(', ')}`)
        : unknown(
            'no load balancer is attached to the group',
            'if instances serve requests, attach it to the group (attach-traffic-sources), not to instances',
          )
    }),
  ],
}

export const draining: Check<GroupFacts> = {
  name: 'draining',
  why: 'without a deregistration delay, requests that an instance is answering when it must go are dropped',
  look: ({ drainingSeconds, group }, { typedAws }) => [
    ...[...drainingSeconds].map(([arn, asked]) =>
      judged(asked, arn, (seconds) => {
        if (seconds === undefined)
          return unknown('it does not tell its deregistration delay', 'look at its attributes')
        return seconds > 0
          ? pass(`${seconds} s`)
          : fail(
              'its deregistration delay is 0',
              typedAws(
                `elbv2 modify-target-group-attributes --target-group-arn ${arn} --attributes Key=${DELAY},Value=300`,
              ),
            )
      }),
    ),
    ...trafficOf(group.is === 'answered' ? group.answer : undefined).unasked.map((source) => ({
      about: source,
      ...unknown(
        'only target groups are asked, and this is none',
        `of a classic load balancer, ConnectionDraining must be on: ${typedAws(`elb describe-load-balancer-attributes --load-balancer-name ${shellWord(source)}`)}`,
      ),
    })),
  ],
}

/** Seconds, 300 by default (Elastic Load Balancing user guide, target group attributes). */
export const DELAY = 'deregistration_delay.timeout_seconds'
