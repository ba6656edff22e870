import type { Understood } from '../config/understand.ts'
import { kinds } from '../kinds/index.ts'
import { detailsOfWords } from '../kinds/kind.ts'
import type { Redaction } from '../state/redaction.ts'

/**
 * From here on the secrets that the files name are taken out of all that is shown. One that is also a word
 * of polyctl's own is no secret there: without it nobody could read the answer.
 */
export function redactFor(redaction: Redaction, { desired, vault }: Understood): void {
  redaction.addLater(() => vault.known())
  const names = [
    ...desired.resources.map(({ name }) => name),
    ...desired.removed.map(({ name }) => name),
    desired.workspace.organization?.value ?? ''
  ]
  redaction.allow(isOwnWord)
  showNames(redaction, names)
}

/** A secret that is also a name, or in one, is shown: who reads of a resource must know which. */
export function showNames(redaction: Redaction, names: readonly string[]): void {
  redaction.allow((secret) => names.some((name) => name.includes(secret)))
}

let vocabulary: string | undefined

function isOwnWord(secret: string): boolean {
  if (!/^[a-z_ ]+$/.test(secret)) return false
  vocabulary ??= kinds.managed
    .flatMap((kind) =>
      [kind.section, kind.schema, ...detailsOfWords(kind).map(({ schema }) => schema)].map((part) =>
        JSON.stringify(part)
      )
    )
    .join('\n')
  return vocabulary.includes(secret)
}
