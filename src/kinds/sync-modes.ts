import { textOf, type Json, type JsonObject } from '../state/value.ts'
import { list, valueAt } from './fields.ts'
import type { ItemProblem } from './kind.ts'
import { webhookTarget } from './sync-parts.ts'
import { allIdentities, writtenIdentity } from './sync-spellings.ts'

/** The modes that look up a record before they write it. */
const findingModes: ReadonlySet<string> = new Set(['update', 'updateOrCreate', 'remove'])

/**
 * Reports a mode that looks up records without an identity, and an identity that mode `append` does not
 * use. For the other modes it depends on the target, and the plan asks the service.
 */
export function modeProblems(item: JsonObject): ItemProblem[] {
  const mode = textOf(item.mode)
  const identities = allIdentities(writtenIdentity(item))
  const finding = [...findingModes].find((one) => one.toLowerCase() === mode.toLowerCase())
  if (finding !== undefined && identities.length === 0 && !isWebhook(item))
    return [withoutIdentity(finding, item)]
  if (mode.toLowerCase() !== 'append' || identities.length === 0) return []
  return [
    {
      path: [item.identities === undefined ? 'identity' : 'identities'],
      atKey: true,
      code: 'P109',
      severity: 'warning',
      message: 'an identity in mode `append`, which adds records without looking for others',
      label: 'no record is found by this',
      help: [
        'to write what is found, and add the rest, write `mode: updateOrCreate`',
        'to add all of them, map its field in `fields` and leave it out'
      ]
    }
  ]
}

/** Returns true for a webhook, which gets every record and has none to look up. */
function isWebhook({ target, fields }: JsonObject): boolean {
  const mapped = list(fields)
  return (
    valueAt(target, ['object']) === 'http' ||
    (mapped.length > 0 && mapped.every((field) => field.target === webhookTarget))
  )
}

function withoutIdentity(mode: string, item: JsonObject): ItemProblem {
  const isPlain = (value: Json | undefined): boolean =>
    typeof value === 'string' && /^[A-Za-z_][\w.]*$/.test(value)
  const plain = list(item.fields).filter(({ source, target }) => isPlain(source) && isPlain(target))
  const telling = plain.find(({ target }) => /mail|(^|[^a-z])id$|[a-z]Id$/.test(textOf(target))) ?? plain[0]
  const [source, target] = telling ? [textOf(telling.source), textOf(telling.target)] : ['…', '…']
  return {
    path: ['mode'],
    code: 'P103',
    message: `\`${mode}\` needs to know which record is which`,
    label: '`identity` is missing for this mode',
    help: [`write \`identity: { source: ${source}, target: ${target}, function: Equality }\``]
  }
}
