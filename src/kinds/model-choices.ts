import type { Inquiry, Inspected, Mistake, PlannedResource } from '../state/question.ts'
import { isSecret, textOf } from '../state/value.ts'
import type { SourceMeta } from '../wire/enumeration.ts'
import { absenceIn, adviceOn, quotedNames } from './checks.ts'
import { readConfiguration } from './model-source.ts'

/** What a model chooses of its connection, and what the service offers. */

/** Returns the values that may be chosen for a setting; none, if it is free text. */
export function valuesOf({ configuration, items }: SourceMeta, name: string): string[] {
  const offered = new Map(Object.entries({ ...configuration, ...items }))
  return (offered.get(name)?.items ?? []).map(textOf)
}

/** The choices of a configuration as they are asked with; none where one of them is no plain value. */
export function choicesOf({ wanted, live }: PlannedResource): Record<string, string> | undefined {
  const configuration = readConfiguration(live?.wire ?? {}, wanted ?? {})
  const entries = Object.entries(configuration).filter(([, value]) => value !== null && value !== '')
  if (entries.some(([, value]) => typeof value === 'object' || isSecret(value))) return undefined
  return Object.fromEntries(entries.map(([name, value]) => [name, textOf(value)]))
}

interface Choices {
  inspected: Inspected
  chosen: Record<string, string>
  meta: SourceMeta
  refused: boolean
}

/**
 * Values that are not among those that are listed. Where the service has not refused them, they may be
 * there all the same: what is listed may be older than the source.
 */
export function wrongChoices(
  model: PlannedResource,
  { inspected, chosen, meta, refused }: Choices,
  service: Inquiry
): Mistake[] {
  const severity = refused ? 'error' : 'warning'
  const missing = Object.entries(chosen).flatMap(([name, value]): Mistake[] => {
    const all = valuesOf(meta, name)
    if (all.length === 0 || all.includes(value)) return []
    const known = { scope: `choice\n${inspected.id}\n${name}\n${all.length}`, all }
    return [
      {
        path: ['configuration', name],
        code: 'P420',
        severity,
        message: `${model.address} reads ${name} \`${value}\`, which ${absenceIn(inspected, refused)}`,
        label: refused ? `no ${name} is called so` : `no ${name} of this name is listed`,
        ...adviceOn(value, known, `a ${name}`, service)
      }
    ]
  })
  return missing.length > 0 || !refused ? missing : unchosen(model, chosen, meta, service)
}

/** Nothing is chosen of what the service wants one of. */
function unchosen(
  model: PlannedResource,
  chosen: Record<string, string>,
  meta: SourceMeta,
  service: Inquiry
): Mistake[] {
  const wanted = meta.requires_one_of ?? []
  if (wanted.length === 0 || wanted.some((name) => name in chosen)) return []
  const near = Object.keys(chosen).flatMap((name) =>
    service.similar(name, `choices\n${wanted.join('\n')}`, () => wanted)
  )
  return [
    {
      path: ['configuration'],
      code: 'P420',
      message: `${model.address} does not say which ${wanted.join(' or ')} it reads`,
      label: 'the service wants one of these',
      help: [
        near.length > 0
          ? `perhaps this is meant: ${quotedNames(near)}`
          : `state ${wanted.length > 1 ? 'one of ' : ''}${quotedNames(wanted)}`
      ]
    }
  ]
}
