import { local } from './local.ts'
import { typeAll } from './occasions.ts'

typeAll(local)
