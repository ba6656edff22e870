import type { Run } from './program.ts'
import type { Scene } from './scene.ts'
import type { Look } from './service.ts'

/** What is known when a run is judged: the runs so far, and what is there now. */
export interface Case {
  scene: Scene
  run: Run
  /** True when nothing went wrong on purpose. */
  calm: boolean
  looks: readonly Look[]
  /** What somebody else has laid hands on, in this run or one before. */
  edited: EditedByOthers
  /** Keys whose outcome is recorded since an earlier run: it is answered again, and nothing is done. */
  recorded: ReadonlySet<string>
}

/** Ids of what somebody else has changed, and of what is gone by their hands. */
export interface EditedByOthers {
  ids: ReadonlySet<string>
  deleted: ReadonlySet<string>
}
