/** The entry point of this folder: validating values against JSON Schema, and explaining the errors. */
export { validateEnvironments, validateFile, validateResource } from './validate.ts'
export { editorSchema } from './editor-schema.ts'
export { fileSchema } from './file-schema.ts'
export { resourceSchema, withoutRefs } from './resource-schema.ts'
