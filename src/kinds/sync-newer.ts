import type { Path } from '../state/resource.ts'
import { textOf, type Json, type JsonObject } from '../state/value.ts'
import { list } from './fields.ts'
import { knows, onlyNewer, type OnlyNewer } from './sync-shapes.ts'

/** Features of a sync that only newer services have. */

const words = {
  identities: 'several identities',
  filters: 'a filter that compares with a field of a model'
} as const

/**
 * Returns the newer features that fields use, and whether the service has them, judging from its answers.
 */
export function newerThan(
  fields: JsonObject,
  answers: readonly JsonObject[]
): { path: Path; what: string; isKnown: boolean | undefined }[] {
  return onlyNewer(fields).map((what) => ({
    path: placeOf(what, fields),
    what: words[what],
    isKnown: knows(answers, what)
  }))
}

function placeOf(what: OnlyNewer, { filters }: JsonObject): Path {
  if (what === 'identities') return ['identity']
  const index = (Array.isArray(filters) ? filters : []).findIndex(
    (one) => onlyNewer({ filters: [one] }).length > 0
  )
  return ['filters', index, 'value_field']
}

/** The greatest number of problems that a sentence lists. */
const limit = 3

/** Returns why a sync cannot run, as the service reports it. */
export function problemsOf(problems: Json | undefined): string | undefined {
  const errors = list(problems).filter(({ severity }) => (severity ?? 'error') === 'error')
  if (errors.length === 0) return undefined
  const some = errors.slice(0, limit).map(({ message, path, code }) => {
    const what = textOf(message ?? code ?? 'a problem without words')
    return path === undefined ? what : `${what} (at \`${textOf(path)}\`)`
  })
  const more = errors.length > limit ? `, and ${errors.length - limit} more` : ''
  return `it cannot run: ${some.join(', ')}${more}`
}
