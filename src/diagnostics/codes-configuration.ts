import { environmentCodes } from './codes-environment.ts'
import { nameCodes } from './codes-names.ts'
import { shapeCodes } from './codes-shape.ts'
import { yamlCodes } from './codes-yaml.ts'

/** Problems of the files and their environment, before anything is asked of the service. */
export const configurationCodes = { ...yamlCodes, ...shapeCodes, ...nameCodes, ...environmentCodes }
