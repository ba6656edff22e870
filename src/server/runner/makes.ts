import type { StoredConnection, StoredModel, StoredSync } from '../stored.ts'
import type { FieldFacts, Makeable, Making, Source } from './connector.ts'

/** Returns what a run of a sync may make in its target; undefined where nothing of it was asked for. */
export function makeableOf(
  sync: StoredSync,
  model: StoredModel,
  to: StoredConnection,
  source: Source
): Makeable | undefined {
  const { target, fields, mode } = sync
  const mappings = sync.identities?.mappings ?? (sync.identity ? [sync.identity] : [])
  const identities = mappings.filter((one) => one !== undefined)
  const object = (to.created_objects ?? []).includes(target.object ?? '')
  const newFields = [
    ...fields.filter((field) => field.new === true).map((field) => field.target),
    ...identities.filter((one) => one.new_field === true).map((one) => one.target)
  ]
  if (!object && newFields.length === 0) return undefined
  const sources = new Map([
    ...fields.map((field) => [field.target, field.source?.field ?? ''] as const),
    ...identities.map((one) => [one.target, one.source.field] as const)
  ])
  const isKey =
    mode !== 'append' &&
    mode !== 'replace' &&
    sync.identities?.strategy !== 'priority' &&
    identities.every((one) => one.function === 'Equality')
  return {
    object,
    fields: [...sources.keys()],
    newFields: [...new Set(newFields)],
    key: isKey ? [...new Set(identities.map((one) => one.target))] : [],
    types: async () => {
      const known = new Map((await source.fields(model.configuration)).map((field) => [field.name, field]))
      return new Map(
        Array.from(sources).flatMap(([name, from]): [string, FieldFacts][] => {
          const facts = known.get(from)
          return facts === undefined ? [] : [[name, facts]]
        })
      )
    }
  }
}

/** Says what is made, for people. */
export function makingWords(object: string, { object: isNew, fields }: Making): string {
  const columns = fields.map(({ name, type }) => `${name} (${type})`).join(', ')
  return isNew ? `${object} with ${columns}` : `${columns} in ${object}`
}
