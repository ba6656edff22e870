/** The entry point of this folder: finding and reading files, on disk or in git, and parsing YAML. */
export { openDisk, type Disk, type DiskEntry } from './disk.ts'
export { reasonOfSaving, saveChanged, saveFile, saveFiles } from './save.ts'
export { defaultFolders, readFiles, standardInput } from './find-files.ts'
export {
  appliedRefs,
  committedState,
  pushApplied,
  remember,
  rememberLeft,
  type AppliedPlace,
  type AppliedRefs
} from './applied.ts'
export { openLockPlace, whoIsHere, type Held, type LockRef } from './apply-lock.ts'
export { draftBranch } from './branch-draft.ts'
export { openGit, type Git } from './git.ts'
export { openRevision } from './revision.ts'
export { revisionNames } from './revision-names.ts'
export type { Unclear } from './unclear.ts'
export { parseYaml, type Parsed, type YamlDocument } from './parse.ts'
export {
  entryOf,
  headSpan,
  isKeyName,
  keySpan,
  locate,
  scalarText,
  typeWord,
  valueOfMapping,
  valueOfNode,
  valueSpan,
  type Location,
  type MappingEntry,
  type MappingNode,
  type ScalarNode,
  type SourceText,
  type YamlNode
} from './node.ts'
export { hasUnseenSigns, scalarOf, yamlText } from './yaml-text.ts'
