import { isObject, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { objects, present, unset, type ServiceBehaviour } from './service-behaviour.ts'

/** What the newest service does to the newer shape of a sync, told over the older one: it keeps the older members beside the newer. */

const newer = ['identities', 'model_filters', 'target_filters']

/** Whether answers have both shapes: what only the newer can say is only sent to a service that knows it. */
export function answersBoth(sent: JsonObject, behaviour: ServiceBehaviour): boolean {
  return (
    behaviour.version === '2025-09-18' && (behaviour.shape === 'newest' || newer.some((key) => key in sent))
  )
}

/** All identities of a body, in whichever shape. */
export function identitiesIn({ identities, identity }: JsonObject): JsonObject[] {
  if (isObject(identities)) return objects(identities['mappings'])
  return isObject(identity) ? [identity] : []
}

const letter = (index: number) => String.fromCodePoint(65 + index)

/** Words of a logic that are labels, by what each is called elsewhere. */
function relabelled(logic: Json | undefined, to: ReadonlyMap<string, string>): Json | undefined {
  return typeof logic === 'string'
    ? logic.replaceAll(/[^\s()]+/g, (word) => to.get(word) ?? word)
    : undefined
}

/** The body as the older shape says it. */
export function inOlderMembers(sent: JsonObject): JsonObject {
  const { identities: _several, model_filters: ofModel, target_filters: ofTarget, ...body } = sent
  const [identity] = identitiesIn(sent)
  if (identity) body['identity'] = identity
  if (!isObject(ofModel) && !isObject(ofTarget)) return body
  const own = (of: Json | undefined) => (isObject(of) ? objects(of['conditions']) : [])
  const [models, targets] = [own(ofModel), own(ofTarget)]
  const labels = (all: JsonObject[], from: number) =>
    new Map(all.map((one, index) => [textOf(one['label'] ?? letter(index)), letter(from + index)]))
  const logicOf = (of: Json | undefined, to: ReadonlyMap<string, string>) =>
    isObject(of) ? relabelled(of['logic'], to) : undefined
  const targetLogic = logicOf(ofTarget, labels(targets, models.length))
  return present({
    ...body,
    filters: [
      ...models.map(({ source, label: _label, ...rest }) =>
        present({ ...rest, field: source, field_type: 'Model' })
      ),
      ...targets.map(({ field, value_source, label: _label, ...rest }) =>
        present({ ...rest, field_id: field, field_type: 'Target', value_field: value_source })
      )
    ],
    filter_logic: logicOf(ofModel, labels(models, 0)),
    target: present({ ...(body['target'] as JsonObject), filter_logic: targetLogic })
  })
}

/** An answer with both shapes. */
export function inBothShapes(
  answer: JsonObject,
  sent: JsonObject,
  behaviour: ServiceBehaviour
): JsonObject {
  const filters = objects(answer['filters'])
  const sort = (name: string) => filters.filter(({ field_type }) => field_type === name)
  const lettersOf = (all: JsonObject[]) =>
    new Map(all.map((one, index) => [textOf(one['label']), letter(index)]))
  const all = identitiesIn(sent)
  const given = isObject(sent['identities']) ? sent['identities']['strategy'] : undefined
  const { filter_logic: logic } = answer['target'] as JsonObject
  return present({
    ...answer,
    identities:
      all.length === 0
        ? unset(behaviour, { mappings: [] })
        : { mappings: [answer['identity'] as JsonObject, ...all.slice(1)], strategy: given ?? 'priority' },
    model_filters: present({
      conditions: sort('Model').map(({ field, function: name, value }, index) =>
        present({ source: field, function: name!, value, label: letter(index) })
      ),
      logic: relabelled(answer['filter_logic'], lettersOf(sort('Model')))
    }),
    target_filters: present({
      conditions: sort('Target').map(({ field_id, function: name, value, value_field }, index) =>
        present({
          field: field_id,
          function: name!,
          value,
          value_source: value_field,
          label: letter(index)
        })
      ),
      logic: relabelled(logic, lettersOf(sort('Target')))
    }),
    problems: []
  })
}
