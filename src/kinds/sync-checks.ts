import type { Finding, Inquiry, Mistake, PlannedResource } from '../state/question.ts'
import type { Json, JsonObject } from '../state/value.ts'
import { identityPath, items, typeOf } from './checks.ts'
import { valueAt } from './fields.ts'
import { valueProblems } from './filter-values.ts'
import { fieldProblem, unaskedOf } from './model-checks.ts'
import { notProblems } from './sync-logic-problems.ts'
import { targetChecks } from './sync-target-checks.ts'
import { allIdentities } from './sync-spellings.ts'

/**
 * R39: Checks what a sync reads from its models and writes to its target against what the service knows.
 */
export function syncChecks(sync: PlannedResource, service: Inquiry): Finding[] {
  return [
    ...filterDoubts(sync),
    ...sourceChecks(sync, service),
    ...targetChecks(sync, service),
    ...jobChecks(sync, service)
  ]
}

/** What is strange about filters that are new or changed. Nothing is asked. */
function filterDoubts({ wanted = {}, differs }: PlannedResource): Mistake[] {
  const filters = Array.isArray(wanted.filters) ? wanted.filters : []
  const logics = ['filters', 'filter_logic', 'target'].some((name) => differs.has(name))
  return [
    ...(differs.has('filters') ? valueProblems(filters, ['filters'], ['value_field', 'value_source']) : []),
    ...(differs.has('overrides') ? valueProblems(wanted.overrides, ['overrides']) : []),
    ...(logics ? notProblems(['filter_logic'], wanted.filter_logic) : []),
    ...(logics ? notProblems(['target', 'filter_logic'], valueAt(wanted.target, ['filter_logic'])) : [])
  ]
}

/** Each source must be a field of its model. */
function sourceChecks(sync: PlannedResource, service: Inquiry): Finding[] {
  const models = new Map<string, PlannedResource | undefined>()
  const problems = sourcesOf(sync.wanted ?? {}).flatMap(({ path, source }) => {
    const [reference, name] = [valueAt(source, ['model']), valueAt(source, ['field'])]
    const key = JSON.stringify(reference)
    if (!models.has(key)) models.set(key, service.find(reference, sync))
    if (typeof name !== 'string' || name === '') return []
    return fieldProblem(sync, models.get(key), { path: [...path, 'field'], name }, service)
  })
  return [...problems, ...[...models.values()].flatMap((model) => unaskedOf(model, service))]
}

/** Only a connection to dbt Cloud has jobs to run after. Nothing is asked: its type is known. */
function jobChecks(sync: PlannedResource, service: Inquiry): Mistake[] {
  const connection = service.find(valueAt(sync.wanted?.schedule, ['connection']), sync)
  const type = typeOf(connection)
  if (connection === undefined || type === undefined || type === 'dbtcloud') return []
  return [
    {
      path: ['schedule', 'connection'],
      code: 'P429',
      message: `${sync.address} runs after a job of ${connection.address}, which has none: it is ${type}`,
      label: 'the service wants a connection to dbt Cloud here',
      help: ['name a connection with `type: dbtcloud`, or choose another `frequency`']
    }
  ]
}

/** Returns all sources in the fields of a sync, with their paths. */
function sourcesOf(fields: JsonObject): { path: (string | number)[]; source: Json }[] {
  const under = (key: string, part: string) =>
    items(fields[key]).map(({ item, index }) => ({ path: [key, index, part], source: item[part] ?? null }))
  const identities = allIdentities(fields.identity).map(({ source }, index) => ({
    path: [...identityPath(index), 'source'],
    source: source ?? null
  }))
  return [
    ...identities,
    ...under('fields', 'source'),
    ...under('filters', 'field'),
    ...under('filters', 'value_field'),
    ...under('overrides', 'field')
  ].filter(({ source }) => source !== null)
}
