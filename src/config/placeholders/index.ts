/** The entry point of this folder: placeholders (`${…}`) and the values that replace them. */
export { fillPlaceholders, type Filled, type Filling } from './fill.ts'
export { isVariableName } from './template.ts'
export { variableTypes } from './variable.ts'
export { readVariableFiles, type Declarations } from './variables.ts'
