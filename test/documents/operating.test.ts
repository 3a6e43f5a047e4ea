import { typeAll } from './occasions.ts'
import { operating } from './operating.ts'

typeAll(operating)
