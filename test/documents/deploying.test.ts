import { deploying } from './deploying.ts'
import { typeAll } from './occasions.ts'

typeAll(deploying)
