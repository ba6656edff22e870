import { rows, type LedgerRow } from './row.ts'

/** Models and their jobs. */
export const models: LedgerRow[] = rows('model', [
  [
    'name.unique',
    'provider',
    'two models may share a name only if their connections are of different types'
  ],
  ['name.taken', 'assumption', 'a name that is taken is refused with 400'],
  ['errors.400', 'sdk', 'what is wrong with a model is told with 400: 422 is not documented for models'],
  [
    'connection.missing',
    'assumption',
    'a connection that does not exist, or cannot be a source, is refused with 400'
  ],
  ['configuration.optional', 'sdk', 'a request without a configuration has an empty one'],
  [
    'configuration.echo',
    'provider-test',
    'texts of the configuration are answered as they were sent, and none is added'
  ],
  ['configuration.tracking', 'assumption', 'tracking columns are not mirrored in the configuration'],
  [
    'configuration.demanded',
    'assumption',
    'a MongoDB model needs collection or query, a SQL model query, table or view'
  ],
  [
    'object.unknown',
    'assumption',
    'tables and collections that the catalogue does not list may exist; objects of applications may not'
  ],
  ['fields.objects', 'sdk', 'fields are sent as names and answered as objects'],
  ['fields.all', 'provider', 'a model without fields, or with none, has all of its source'],
  [
    'fields.unknown',
    'assumption',
    'where the catalogue knows the source, a field that it does not have is refused with 400'
  ],
  [
    'fields.imaginary',
    'assumption',
    'where it does not, a model has the fields that it names, or none, and syncs may read any'
  ],
  ['fields.query', 'assumption', 'the fields of a plain SELECT are its columns'],
  ['fields.added', 'provider', 'additional fields come back among the fields, with user_added'],
  ['fields.ids', 'provider', 'a field has an id that stays the same'],
  ['identifier.empty', 'provider', 'a model without identifier has an empty one'],
  [
    'identifier.known',
    'assumption',
    'the identifier and the tracking columns must be fields, where the fields are known'
  ],
  ['relations.known', 'assumption', 'relations must lead to models and fields that exist'],
  ['labels', 'sdk', 'labels are sent as ids and answered as objects'],
  ['labels.shape', 'assumption', 'a label is answered as {id}, and need not exist'],
  ['enricher.id', 'sdk', 'an enrichment gets an enricher_id'],
  ['enricher.connection', 'assumption', 'the connection that enriches must exist, and is in use'],
  ['update.replaces', 'documentation', 'an update clears what it leaves out'],
  ['update.patch', 'documentation', 'a PATCH replaces as well'],
  ['update.version', 'assumption', 'the version grows by one with each update'],
  ['answer.older', 'sdk', '2023-04-25 answers without who and when, and fields without ids'],
  ['delete.used', 'documentation', 'a model is deleted although syncs use it; these are broken then'],
  ['async.job', 'sdk', 'with async the answer has a job, whose result is the model'],
  ['async.done', 'assumption', 'a job is done as soon as it is asked for; what is wrong is told at once'],
  ['async.others', 'assumption', 'async changes nothing for reading and deleting'],
  ['preview', 'sdk', 'a preview answers a job whose result has the fields'],
  ['sample.none', 'assumption', 'a sample is refused with 400: this server reads no records yet']
])
