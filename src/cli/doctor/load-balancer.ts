/** The load balancer: an instance that still gets requests while it is flushed drops them. Pure. */
import type { GroupFacts } from './facts.ts'
import { type Check, judged, pass, unknown } from './finding.ts'

export const loadBalancer: Check<GroupFacts> = {
  name: 'load-balancer',
  why: 'Auto Scaling takes an instance out of the load balancer, and lets it drain, before the hook holds it',
  look: ({ group, groupName }) => [
    judged(group, groupName, ({ TargetGroupARNs = [], LoadBalancerNames = [], TrafficSources = [] }) => {
      const sources = new Set([
        ...TargetGroupARNs,
        ...LoadBalancerNames,
        ...TrafficSources.map(({ Identifier }) => Identifier ?? ''),
      ])
      return sources.size > 0
        ? pass(`attached to ${[...sources].join(', ')}`)
        : unknown(
            'no load balancer is attached to the group',
            'if instances serve requests, attach it to the group (attach-traffic-sources), not to instances',
          )
    }),
  ],
}
