import type {
  Finding,
  Inquiry,
  Mistake,
  Inspected,
  PlannedResource,
  ServiceAnswer
} from '../state/question.ts'
import { isObject, textOf, type Json } from '../state/value.ts'
import { adviceOn, inspectable, noSource, quotedNames, type KnownNames } from './checks.ts'
import { choicesOf, valuesOf, wrongChoices } from './model-choices.ts'
import { list, valueAt } from './fields.ts'
import { isAdded, nameOf } from './model-parts.ts'

/** R39: Checks what a model names in its source against what the service knows of it. */
export function modelChecks(model: PlannedResource, service: Inquiry): Finding[] {
  const source = sourceOf(model, service)
  const names = namesIn(model)
  const problems = [
    ...source.problems,
    ...chosenProblems(model, source.fields, service),
    ...names.flatMap((named) => fieldProblem(model, model, named, service)),
    ...relatedProblems(model, service),
    ...rootProblems(model, source.fields, service)
  ]
  const { inspected, why } = source
  return inspected && why !== undefined ? [...problems, { unasked: inspected, why }] : problems
}

/** What the service says of what a model reads. */
interface SourceFacts {
  inspected?: Inspected
  /** Undefined where they are not known. */
  fields?: KnownNames
  problems: Finding[]
  /** Why the fields are not known, where that is not as it should be. */
  why?: string
}

/**
 * Asks for the fields first: if there are some, the source exists, whatever the service lists. Only if
 * there are none, it asks what may be chosen.
 */
function sourceOf(model: PlannedResource, service: Inquiry): SourceFacts {
  const { wanted, live } = model
  const connection = service.find(wanted?.connection ?? live?.fields.connection, model)
  const inspected = inspectable(connection, service)
  const chosen = choicesOf(model)
  // A choice that is a mapping, as in Airtable, has no documented form in a question.
  if (!inspected || !chosen) return { problems: [] }
  if (encodeURIComponent(JSON.stringify(chosen)).length > longestQuestion)
    return { inspected, problems: [], why: `what ${model.address} reads is too long to be asked about` }
  const fields = service.ask({ about: 'source fields', at: inspected, chosen })
  if (!fields) return { problems: [] }
  if (fields.ok && fields.value.length > 0) {
    const scope = `source\n${inspected.id}\n${JSON.stringify(chosen)}`
    return { inspected, fields: { scope, all: fields.value.map(({ name }) => name) }, problems: [] }
  }
  const meta = service.ask({ about: 'source', at: inspected, chosen })
  if (!meta) return { problems: [] }
  const problems = meta.ok
    ? wrongChoices(
        model,
        { inspected, chosen, meta: meta.value, refused: !fields.ok && fields.refused },
        service
      )
    : []
  if (problems.length > 0) return { inspected, problems }
  if (!fields.ok || !meta.ok) {
    const isRefused = !meta.ok && meta.refused
    const none = isRefused ? noSource(model, ['connection'], connection, service) : []
    if (!none || none.length > 0) return { problems: none ?? [] }
    return { inspected, problems, why: wordsOf(fields) ?? wordsOf(meta) ?? '' }
  }
  // Of what is free text, such as a query, nothing is listed: there, no fields are all that can be known.
  const isListed = Object.keys(chosen).every((name) => valuesOf(meta.value, name).length > 0)
  const why = `the service knows no fields of what ${model.address} reads: it may not be read yet`
  return { inspected, problems, ...(isListed && { why }) }
}

/** It is part of an address, which servers and proxies want shorter than this by far. */
const longestQuestion = 7000

function wordsOf(answer: ServiceAnswer<unknown>): string | undefined {
  return answer.ok ? undefined : answer.words
}

/** The fields of a model; `isOpen` where it may have others as well. */
interface ModelFields extends KnownNames {
  isOpen?: true
}

/** Returns the fields that a model will have for syncs; undefined if they are not known. */
function fieldsOf(model: PlannedResource, service: Inquiry): ModelFields | undefined {
  const known = withoutEnrichment(model, service)
  const isEnriched = isObject(model.wanted?.enricher) || isObject(model.live?.wire.enricher)
  return isEnriched && known ? { ...known, isOpen: true } : known
}

function withoutEnrichment(model: PlannedResource, service: Inquiry): KnownNames | undefined {
  const { wanted, live, differs } = model
  const answered = list(live?.wire.fields)
  const reads = !live || ['connection', 'configuration', 'fields'].some((name) => differs.has(name))
  const added = wanted ? list(wanted.additional_fields).map(nameOf) : answered.filter(isAdded).map(nameOf)
  const stated = itemsOf(wanted?.fields).map(textOf)
  const before = answered.filter((field) => !isAdded(field)).map(nameOf)
  const scope = `model\n${model.address}`
  if (reads && stated.length > 0) return { scope, all: [...stated, ...added] }
  if (!reads && before.length === 0) return undefined
  if (reads || differs.size > 0) {
    const source = sourceOf(model, service).fields
    return source && { scope, all: [...new Set([...source.all, ...(reads ? [] : before), ...added])] }
  }
  return { scope, all: [...before, ...added] }
}

/** Returns true for the name of a field, or of something inside of a field. */
function has({ all }: KnownNames, name: string): boolean {
  return all.includes(name) || all.some((field) => name.startsWith(`${field}.`))
}

/**
 * Reports the name of a field that a model does not have. If its fields are not known, that is reported by
 * `unaskedOf`; if an enrichment adds some, that this one could not be found.
 */
export function fieldProblem(
  subject: PlannedResource,
  of: PlannedResource | undefined,
  at: { path: (string | number)[]; name: string },
  service: Inquiry
): Finding[] {
  const known = of && fieldsOf(of, service)
  if (!known || !of || has(known, at.name)) return []
  if (known.isOpen !== true) return [noField(subject, of, at, known, service)]
  const why = `\`${at.name}\` is no field of what ${of.address} reads: its enrichment may add it`
  return [{ unasked: itself(of), why }]
}

/** A model as what could not be asked about; one that is not made yet has no id. */
function itself({ kind, address, live }: PlannedResource): Inspected {
  return { kind, id: live?.id ?? address, address }
}

function noField(
  subject: PlannedResource,
  of: PlannedResource,
  { path, name }: { path: (string | number)[]; name: string },
  known: KnownNames,
  service: Inquiry
): Mistake {
  const whose = subject === of ? 'which it does not have' : `which ${of.address} does not have`
  return {
    path,
    code: 'P421',
    message: `${subject.address} names the field \`${name}\`, ${whose}`,
    label: 'no field is called so',
    ...adviceOn(name, known, 'a field', service)
  }
}

interface Named {
  path: (string | number)[]
  name: string
}

/** Returns the fields of its own that a model names, with their paths. */
function namesIn({ wanted = {} }: PlannedResource): Named[] {
  const { identifier, enricher } = wanted
  const named = (path: (string | number)[], value: Json | undefined): Named[] =>
    typeof value === 'string' && value !== '' ? [{ path, name: value }] : []
  const mappings = valueAt(enricher, ['mappings'])
  return [
    ...named(['identifier'], identifier),
    ...itemsOf(wanted.relations).flatMap((one, index) =>
      named(['relations', index, 'from'], valueAt(one, ['from']))
    ),
    ...(isObject(mappings) ? Object.keys(mappings) : []).map((name) => ({
      path: ['enricher', 'mappings', name],
      name
    }))
  ]
}

/** Fields of the source that are chosen, and columns that tell whether a record changed. */
function chosenProblems(
  model: PlannedResource,
  source: KnownNames | undefined,
  service: Inquiry
): Mistake[] {
  const { wanted = {} } = model
  if (!source) return []
  const added = new Set(list(wanted.additional_fields).map(nameOf))
  return ['fields', 'tracking_columns'].flatMap((key) =>
    itemsOf(wanted[key]).flatMap((value, index) => {
      const name = textOf(value)
      if (has(source, name) || (key !== 'fields' && added.has(name))) return []
      return [noField(model, model, { path: [key, index], name }, source, service)]
    })
  )
}

/** Checks the other ends of joins. */
function relatedProblems(model: PlannedResource, service: Inquiry): Finding[] {
  return itemsOf(model.wanted?.relations).flatMap((one, index) => {
    const name = valueAt(one, ['to', 'field'])
    const other = service.find(valueAt(one, ['to', 'model']), model)
    if (typeof name !== 'string' || !other || other.address === model.address) return []
    return fieldProblem(model, other, { path: ['relations', index, 'to', 'field'], name }, service)
  })
}

/**
 * A path into a nested object begins with a field. Of documents the service has seen a few only, so it is
 * told where a similar name makes it likely that another was meant.
 */
function rootProblems(model: PlannedResource, source: KnownNames | undefined, service: Inquiry): Mistake[] {
  if (!source) return []
  return itemsOf(model.wanted?.additional_fields).flatMap((one, index): Mistake[] => {
    const name = nameOf(one)
    const [root = ''] = name.split('.', 1)
    if (root === name || source.all.includes(root)) return []
    const near = service.similar(root, source.scope, () => source.all)
    if (near.length === 0) return []
    return [
      {
        path: ['additional_fields', index, 'name'],
        code: 'P421',
        severity: 'warning',
        message: `${model.address} adds \`${name}\`, and what it reads has no field \`${root}\``,
        label: 'this begins with the name of a field',
        help: [`a field with a similar name exists: ${quotedNames(near)}`]
      }
    ]
  })
}

function itemsOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

/** What a sync is told of a model whose fields are not known although they were asked for. */
export function unaskedOf(model: PlannedResource | undefined, service: Inquiry): Finding[] {
  if (!model || fieldsOf(model, service)) return []
  const { inspected, fields, why } = sourceOf(model, service)
  if (inspected && why !== undefined) return [{ unasked: inspected, why }]
  // What it reads has fields, and the model was not read since.
  if (!fields) return []
  return [{ unasked: itself(model), why: 'the service lists no fields of it: they may not be read yet' }]
}
