import { typeAll } from './occasions.ts'
import { project } from './project.ts'

typeAll(project)
