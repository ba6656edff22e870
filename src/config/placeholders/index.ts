/** The door of this room: `${…}` in texts, and the values that stand for it. */
export { fillPlaceholders, type Filled, type Filling } from './fill.ts'
export { isVariableName } from './template.ts'
export { variableTypes } from './variable.ts'
export { readVariableFiles, type Declarations } from './variables.ts'
