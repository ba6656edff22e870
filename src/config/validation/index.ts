/** The entry point of this folder: validating values against JSON Schema, and explaining the errors. */
export { valueMeant } from './other-words.ts'
export { validateEnvironments, validateFile, validateResource } from './validate.ts'
export { editorSchema, schemaId } from './editor-schema.ts'
export { fileSchema } from './file-schema.ts'
export { liveSchema, type Offered, type WorkspaceNames } from './live-schema.ts'
export { namedKinds, suggestedIn } from './suggested-places.ts'
export { resourceSchema, withoutRefs } from './resource-schema.ts'
