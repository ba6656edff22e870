/** The door of this room: whether values have the form that they must have, and what is wrong if not. */
export { validateResource, validateFile } from './validate.ts'
export { editorSchema } from './editor-schema.ts'
export { fileSchema } from './file-schema.ts'
export { resourceSchema, withoutRefs } from './resource-schema.ts'
export { spelledNumbers } from './spelled-numbers.ts'
