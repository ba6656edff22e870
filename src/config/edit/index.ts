/** The entry point of this folder: changing values in the text of a file, and nothing else of it. */
export {
  draftAt,
  draftOf,
  entryIn,
  inPlaceOf,
  newDraft,
  valueOfDraft,
  withDraftAt,
  type Draft,
  type DraftEntry,
  type MappingDraft
} from './draft.ts'
export type { Lock } from './lock.ts'
export { changedText } from './changed-text.ts'
