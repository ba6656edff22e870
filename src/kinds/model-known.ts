import { isObject, sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { KnownList, KnownObject } from './carry.ts'
import { bookkeeping } from './fields.ts'
import { nameOf } from './model-parts.ts'

/** Of a field, answers say more than requests may. */
const ofField = [
  ...bookkeeping,
  'name',
  'label',
  'type',
  'remote_type',
  'description',
  'example',
  'unique',
  'user_added'
]

const named: KnownList = { item: { members: ofField }, keys: [nameOf] }

/** Two of one name are told apart by what else files say of them. */
const ownFields: KnownList = {
  item: named.item,
  keys: [(item) => sortedText([nameOf(item), item['label'] ?? null, item['type'] ?? null])],
  laxKeys: [nameOf],
  from: addedFields
}

/** Whatever else is said of the other end of a join is about that field of that model. */
const otherEnd: KnownObject = { members: ['model_id', 'field'], identifies: ['model_id', 'field'] }

/** What is known of a model in an answer: everything else goes back as it came, wherever it stands. */
export const modelKnown: KnownObject = {
  members: [
    ...bookkeeping,
    'name',
    'type',
    'version',
    'connection_id',
    'configuration',
    'identifier',
    'fields',
    'tracking_columns',
    'labels',
    'policies',
    'refresh'
  ],
  parts: {
    additional_fields: ownFields,
    relations: {
      item: { members: ['from'], parts: { to: otherEnd } },
      keys: [relationIs],
      laxKeys: [({ from }) => textOf(from)]
    },
    enricher: {
      members: ['connection_id', 'configuration', 'mappings', 'enricher_id'],
      parts: { fields: named },
      identifies: ['connection_id']
    }
  }
}

function relationIs(item: JsonObject): string {
  const to = isObject(item['to']) ? item['to'] : {}
  return sortedText([item['from'] ?? null, to['model_id'] ?? null, to['field'] ?? null])
}

/** What files and requests call additional fields is among the fields of an answer. */
function addedFields({ fields }: JsonObject): Json {
  const all = Array.isArray(fields) ? fields.filter(isObject) : []
  return all.filter((field) => field['user_added'] === true)
}
