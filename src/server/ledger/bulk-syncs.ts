import { rows, type LedgerRow } from './row.ts'

/** Bulk syncs, their schemas, schedules and executions, and what they read and write. */
export const bulkSyncs: LedgerRow[] = rows('bulk', [
  ['name.not-unique', 'provider', 'two bulk syncs may have the same name'],
  ['errors.400', 'provider', 'what is wrong with a bulk sync is told with 400, because 422 means "wait"'],
  [
    'list.paging',
    'documentation',
    'the list has pages of 50 at most since 2025-09-18, newest first, and is whole before',
    'GET /api/bulk/syncs?limit=1'
  ],
  ['list.active', 'documentation', 'active=true lists the active ones, active=false the others'],
  ['mode.default', 'assumption', 'without a mode it is replicate'],
  ['mode.destination', 'provider', 'a PostgreSQL destination knows replicate alone'],
  ['mode.storage', 'assumption', 'all other destinations know replicate, snapshot and append'],
  ['mode.append', 'sdk', 'append is a mode since 2025-09-18; no documentation says what it does'],
  ['history.kept', 'sdk', 'history_enabled is answered with the newest shape; left out, it stays as it is'],
  [
    'history.refused',
    'assumption',
    'history needs mode replicate and a destination that supports it: else 400'
  ],
  ['history.destinations', 'assumption', 'databases and warehouses support history, storage does not'],
  ['history.name', 'assumption', 'the table of the history is called as the schema with _history'],
  ['namespaces', 'assumption', 'a source with a dot in the id of a schema supports namespaces'],
  ['errors.partial', 'sdk', 'PUT of error handling changes what is sent; a threshold of 0 clears it'],
  ['errors.defaults', 'assumption', 'error handling begins with nobody told, and all switches off'],
  ['errors.null', 'assumption', 'a null in error handling is refused'],
  ['errors.updated', 'assumption', 'a change of error handling does not count as an update of the sync'],
  ['active.default', 'assumption', 'a bulk sync is not active unless it is said to be, also in an update'],
  ['discovery.default', 'documentation', 'new objects are not taken along unless sent, new fields are'],
  [
    'discovery.incremental',
    'assumption',
    'a schema is incremental when it has a tracking field; a new one has none'
  ],
  ['discovery.older', 'assumption', 'discover=true is automatically_add_new_objects=all'],
  ['names.default', 'documentation', 'normalize_names is enabled unless sent'],
  [
    'names.rules',
    'assumption',
    'enabled makes names of letters, digits and underscores in small letters; legacy keeps capitals'
  ],
  ['names.prefix', 'assumption', 'the table prefix of the destination is part of output_name'],
  ['limits.default', 'sdk', 'concurrency limits are null unless sent; null is the default of the service'],
  ['limits.zero', 'assumption', 'a concurrency limit of 0 is kept and answered as 0'],
  ['cutoff.unsent', 'provider-test', 'data_cutoff_timestamp is answered only if it was sent'],
  ['cutoff.words', 'provider', 'data_cutoff_timestamp is answered in the words that were sent'],
  ['answer.schemas', 'sdk', 'the schemas of a bulk sync are not part of its own answer'],
  ['answer.older', 'sdk', 'older versions answer one schedule and discover'],
  ['answer.oldest', 'sdk', '2023-04-25 knows no normalize_names, limits, cutoff, timestamps or authors'],
  ['update.replaces', 'documentation', 'an update resets what it leaves out'],
  [
    'update.schemas',
    'sdk',
    'an update without schemas, or with an empty list, leaves the selection as it is'
  ],
  ['update.source', 'assumption', 'an update to another source begins with all of its schemas'],
  ['update.unlisted', 'sdk', 'an update with schemas disables those that it does not list'],
  [
    'update.names',
    'sdk',
    'an update that selects schemas keeps the names that it leaves out; empty is none'
  ],
  ['destination.required', 'documentation', 'destination_configuration is required'],
  [
    'destination.defaults',
    'provider',
    'the defaults of the destination are added to what was sent; documented ones alone are known here'
  ],
  ['destination.verbatim', 'provider', 'empty texts, empty lists and nulls are answered as they were sent'],
  ['destination.types', 'assumption', 'documented keys with values of a wrong type are refused'],
  ['destination.dataset', 'sdk', 'BigQuery wants a dataset; a schema passes as well'],
  ['destination.applications', 'documentation', 'applications are no destinations of bulk syncs'],
  [
    'destination.described',
    'sdk',
    'what a destination wants is a map from key to default, items, required'
  ],
  ['destination.resync', 'assumption', 'every destination offers refetch, resync and rebuild'],
  ['source.verbatim', 'assumption', 'source_configuration is kept as it was sent, and null unless sent'],
  [
    'source.fields',
    'documentation',
    'the schemas of a source come with fields unless include_fields=false'
  ],
  ['source.authorized', 'assumption', 'source and destination must be authorized: else 400'],
  [
    'source.reading',
    'provider',
    'while the schemas of a source are being read, 422 or 400 says so; here only as a fault'
  ],
  ['source.empty', 'provider', 'a source without schemas "did not provide any schemas": 400'],
  ['schemas.all', 'documentation', 'a create without schemas selects all of the source'],
  ['schemas.empty', 'assumption', 'an empty list of schemas in a create is all of them, too'],
  ['schemas.unlisted', 'assumption', 'schemas that a request with schemas does not list are off'],
  ['schemas.exist', 'assumption', 'schemas and fields must exist in the source, as far as it is known'],
  [
    'schemas.list',
    'assumption',
    'the list has every schema of the source with its flag, although the text says "configured"'
  ],
  ['schemas.list-light', 'sdk', 'the list of schemas has neither fields nor filters, in any version'],
  ['schemas.filter', 'sdk', 'filters are JSON in the query; filters[enabled]=true passes as well'],
  ['schemas.unset', 'sdk', 'partition_key, tracking_field and user_output_name are empty when unset'],
  ['schemas.patch', 'documentation', 'PATCH changes the listed schemas alone; without fields, all are on'],
  [
    'schemas.patch-keeps',
    'assumption',
    'PATCH leaves what it does not say of a listed schema, but for fields'
  ],
  ['schemas.patch-answer', 'assumption', 'PATCH answers all schemas with their fields'],
  ['schemas.put', 'documentation', 'PUT replaces the configuration of one schema'],
  ['schemas.put-enabled', 'assumption', 'a PUT without enabled enables the schema'],
  ['schemas.fields-listed', 'assumption', 'where fields are listed, those that are not listed are off'],
  ['schemas.obfuscate', 'provider', 'obfuscate in a bulk sync is obfuscated in its schemas; both are read'],
  ['schemas.filters', 'sdk', 'the functions of filters are a fixed list, their values are any JSON'],
  ['schemas.older', 'sdk', '2023-04-25 answers id, enabled, output_name, partition_key and fields'],
  ['schedule.default', 'documentation', 'since 2025-09-18 there are a default and additional schedules'],
  ['schedule.required', 'documentation', 'a schedule is required in every version'],
  ['schedule.frequencies', 'assumption', 'multi, runafter and dbtcloud are no frequencies of one schedule'],
  ['schedule.parts', 'assumption', 'the parts that a frequency needs are those of syncs'],
  ['schedule.unsent', 'provider', 'parts of a schedule are answered only if they were sent'],
  [
    'schedule.multi',
    'assumption',
    'older versions show several schedules as one multi; its first is the default'
  ],
  [
    'schedule.ids',
    'assumption',
    'schedules that are sent again without id keep theirs when they say the same'
  ],
  ['schedule.schemas', 'assumption', 'an additional schedule can name schemas that exist'],
  ['schedule.single', 'sdk', 'single schedules are in camel case in every version'],
  ['schedule.single-id', 'assumption', 'single schedules have an id, which the types leave out'],
  ['schedule.single-put', 'assumption', 'replacing a single schedule keeps schemas and mode unless sent'],
  ['schedule.delete', 'assumption', 'the default schedule cannot be deleted: 403'],
  ['schedule.run-after', 'sdk', 'a sync can run after bulk syncs, which must exist'],
  ['activate', 'sdk', 'activating answers id and active'],
  ['delete', 'documentation', 'a delete takes schedules and decisions about schemas along'],
  [
    'executions.none',
    'assumption',
    'with --run, tables of PostgreSQL are copied to PostgreSQL; all else, and without it, is not started'
  ],
  [
    'executions.equal',
    'assumption',
    'a run makes the copy equal to the source, in one transaction a table'
  ],
  ['executions.deleted', 'assumption', 'a record that left the source is deleted, not marked as deleted'],
  [
    'executions.tracked',
    'documentation',
    'records that left a table with a tracking field stay in the copy; all of it is read here'
  ],
  [
    'executions.emptied',
    'assumption',
    'a source without rows empties its copy in a resync alone, which is our guard'
  ],
  ['executions.keyless', 'assumption', 'a table without a key is written anew by each run'],
  [
    'executions.resyncs',
    'assumption',
    'resync writes all records again, rebuild makes the table anew, refetch does what a run does'
  ],
  [
    'executions.tried',
    'assumption',
    'a test writes five records of each table and takes them back: what is documented disagrees'
  ],
  [
    'executions.output',
    'assumption',
    'a copy is in the schema of the configuration, else in public; mirrored, in that of its source'
  ],
  ['executions.made', 'assumption', 'a missing table is made, with the types and the key of its source'],
  [
    'executions.own',
    'assumption',
    'a table with rows that is no copy of the bulk sync is not written to: its comment tells whose it is'
  ],
  ['executions.counted', 'assumption', 'record_count counts the records of the copy that changed'],
  [
    'executions.failed',
    'assumption',
    'an execution with a schema that failed has failed; the others are copied'
  ],
  ['executions.logs', 'assumption', 'logs are one file of the records that were refused'],
  ['executions.marks', 'assumption', 'copies have no columns of the service, such as times of records'],
  [
    'executions.schedules',
    'assumption',
    'of several schedules that are due each has a run of its own, in turn'
  ],
  ['executions.test', 'assumption', 'a test cannot be combined with a resync'],
  ['executions.fetch', 'documentation', 'fetch_mode is for Salesforce sources'],
  ['executions.resync', 'documentation', 'resync is gone since 2025-09-18'],
  ['executions.status', 'sdk', 'without executions the status has neither a current nor a last one'],
  ['executions.statuses', 'documentation', 'all or active overrides the sync_ids of a status of many'],
  ['executions.cancel', 'assumption', 'cancelling when nothing runs succeeds and says so'],
  ['keys.replace', 'documentation', 'primary keys that are set replace those that were set before'],
  ['keys.detected', 'assumption', 'keys that are set replace the detected ones as a whole'],
  ['keys.denied', 'assumption', 'overrides that only deny leave the other detected keys'],
  ['keys.first', 'assumption', 'the detected key is the first unique field'],
  ['keys.status', 'documentation', 'changes of keys and fields are answered with 202 and no body'],
  ['fields.user', 'documentation', 'fields can be added to a schema, and those alone can be deleted'],
  ['fields.override', 'provider', 'deleting what a person changed of a detected field brings that back'],
  ['fields.types', 'sdk', 'the type of a field is one of seven; a definition tells it in detail'],
  ['fields.definition', 'provider', 'the basic type of a definition follows from its name or head'],
  ['fields.mismatch', 'assumption', 'a definition of another type than the one that is sent is refused'],
  ['fields.cleared', 'sdk', 'a type without definition clears the definition, an empty path the path'],
  [
    'keys.told',
    'sdk',
    'with the newest shape, a field tells what the source says of it and what people do'
  ],
  [
    'keys.denied-source',
    'assumption',
    'keys of the source that people do not name are told as denied by them'
  ],
  [
    'fields.managed',
    'sdk',
    'with the newest shape, each field tells whether a person added or changed it: user_managed'
  ],
  ['records', 'assumption', 'there are no records here to show: 400, which says so']
])
