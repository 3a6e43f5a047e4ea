import { BUCKET, createGroup, deployGuard, enrolled, GROUP_NAME } from '../demo/deployment.ts'
import type { Side } from './side.ts'

/** The guard as it is packaged, which enrols the group by itself. */
export const guardSide: Side = {
  group: GROUP_NAME,
  bucket: BUCKET,
  rootedScripts: false,
  async install({ aws, autoScaling }) {
    await deployGuard(aws, () => {})
    await createGroup(autoScaling, 1)
    await enrolled(autoScaling)
    return {
      heartbeatSeconds: 60,
      told: async () => ({ invocations: [], errors: [], lastLines: [] }),
    }
  },
}
