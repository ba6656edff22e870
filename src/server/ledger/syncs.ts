import { rows, type LedgerRow } from './row.ts'

/** Syncs and their schedules. */
export const syncs: LedgerRow[] = rows('sync', [
  ['name.not-unique', 'assumption', 'two syncs may have the same name'],
  ['errors.422', 'sdk', 'what is wrong with a sync is told with 422'],
  ['fields.required', 'sdk', 'fields are required since 2024-02-08, and may be left out in 2023-04-25'],
  ['active.default', 'assumption', 'a sync is not active unless it is said to be, also in an update'],
  ['update.replaces', 'documentation', 'an update clears what it leaves out'],
  ['update.patch', 'documentation', 'a PATCH replaces as well'],
  ['answer.older', 'sdk', '2023-04-25 answers fifteen keys'],
  [
    'answer.unsent',
    'provider-test',
    'optional parts of fields, schedules and targets are answered only if they were sent'
  ],
  ['answer.always', 'provider-test', 'target, schedule, fields and sync_all_records are always answered'],
  ['answer.sync-all', 'provider-test', 'sync_all_records is false unless sent'],
  ['answer.flags', 'provider', 'only_enrich_updates and skip_initial_backfill are false unless sent'],
  ['model-ids', 'sdk', 'model_ids are the models that identity and fields read'],
  ['modes', 'sdk', 'there are seven modes'],
  ['modes.target', 'documentation', 'the target must have the mode'],
  ['fields.merged', 'provider-test', 'override fields come back among the fields, with an all-zero model'],
  ['fields.override-list', 'assumption', 'the list of override fields is answered empty'],
  ['fields.both', 'provider-test', 'a field with a source and an override value stays a field'],
  [
    'fields.target-known',
    'assumption',
    'where the catalogue knows the target, its fields must exist and be writable'
  ],
  ['fields.new', 'assumption', 'a new field is refused where the target says that it makes none'],
  ['fields.required-targets', 'assumption', 'nobody demands that required fields of a target be mapped'],
  ['fields.mode', 'documentation', 'a field may have a mode of its own where the target allows it'],
  ['fields.encrypted', 'provider', 'an encrypted field needs a passphrase, which is never answered'],
  ['fields.encrypted-update', 'assumption', 'an update without the passphrase clears it'],
  ['identity.required', 'documentation', 'modes that need an identity are refused without one'],
  [
    'identity.case',
    'assumption',
    'the function of an identity is accepted in any case, and answered as the list spells it'
  ],
  ['identity.functions', 'sdk', 'which functions a field allows is listed with the target'],
  [
    'identity.sent',
    'provider-test',
    'new_field and remote_field_type_id of an identity are answered only if they were sent'
  ],
  ['identity.absent', 'provider-test', 'a sync of mode replace needs no identity, and answers none'],
  ['identity.again', 'provider', 'a field that is mapped to the target of the identity is dropped'],
  [
    'identities',
    'sdk',
    'several mappings find a record: in order (priority) or all at once (and); identity is the first'
  ],
  ['identities.wins', 'sdk', 'identities wins over identity where both are sent'],
  ['identities.strategy', 'sdk', 'strategy is required with several mappings; of one it is priority'],
  ['identities.none', 'assumption', 'a sync without identity answers mappings [], and no strategy'],
  [
    'identities.replaced',
    'sdk',
    'an update of a sync with several mappings must send identities; one with identity alone is refused'
  ],
  ['identities.status', 'assumption', 'that refusal has status 422'],
  ['identities.supported', 'sdk', 'the target says whether it supports several mappings'],
  ['identities.unsupported', 'assumption', 'several mappings for a target without them are refused'],
  ['shape.added', 'sdk', 'members that were added to 2025-09-18 are answered with --shape newest alone'],
  ['shape.older-versions', 'assumption', 'older versions refuse these members by name'],
  ['conditions.labels', 'sdk', 'conditions are answered with the labels A, B, C … by position'],
  [
    'conditions.own-labels',
    'sdk',
    'labels of a request have letters, digits and _; their case counts; all conditions have one or none'
  ],
  ['conditions.operators', 'assumption', 'and, or and not are no labels, and no label is given twice'],
  [
    'conditions.logic',
    'sdk',
    'the logic of conditions must name each of them, in the labels of its object'
  ],
  ['conditions.not', 'assumption', 'the logic of conditions may have NOT'],
  ['conditions.none', 'assumption', 'a logic without conditions is refused'],
  ['conditions.both', 'sdk', 'filters beside conditions are ignored when they say the same, else refused'],
  ['conditions.both-status', 'assumption', 'that refusal has status 422, and their logic is not compared'],
  ['conditions.one', 'assumption', 'a request with one of the two objects has none of the other'],
  ['conditions.letters', 'assumption', 'in the older list, filters of the target go on with the letters'],
  ['conditions.value-source', 'sdk', 'value_source excludes value, where the target allows it'],
  ['conditions.value-model', 'assumption', 'a value_source may be any field of any model'],
  [
    'conditions.functions',
    'assumption',
    'which functions a field of a target allows follows from its type; lists of values are unknown'
  ],
  ['fields.own-list', 'sdk', 'with the newest shape, override fields are answered in a list of their own'],
  ['fields.with-source', 'sdk', 'an entry of override_fields with a source is a mapped field'],
  ['problems', 'sdk', 'problems say what a sync names that is not there any more'],
  [
    'problems.codes',
    'assumption',
    'their codes are model_not_found, field_not_found, connection_not_found'
  ],
  ['problems.activate', 'assumption', 'a sync with problems cannot be switched on: 422'],
  ['start.source-identities', 'sdk', 'a start names at most 1000 records, by the sources of the mappings'],
  ['start.checks', 'assumption', 'a start that names records in a wrong way is refused with 400'],
  ['filters.labels', 'provider-test', 'filters are labelled A, B, C … in order, whatever labels are sent'],
  ['filters.field-id', 'provider', 'beside the field of a filter, its id is answered'],
  ['filters.field-id-wins', 'sdk', 'of a filter and of an override, field_id wins over field'],
  ['filters.by-name', 'assumption', 'a field_id may be the name of a field of the models'],
  ['filters.type-case', 'assumption', 'field_type is accepted in any case, and is Model when left out'],
  ['filters.target', 'provider', 'filters on the target are for mode update alone'],
  ['filters.target-update', 'provider-test', 'with mode update, a filter may be on a field of the target'],
  ['filters.functions', 'sdk', 'the functions of filters and overrides are a fixed list'],
  [
    'filters.values-kept',
    'provider-test',
    'values of filters are texts, numbers, booleans or lists, and are answered as they were sent'
  ],
  ['filters.values', 'assumption', 'the value of a filter is not checked against its function'],
  [
    'filters.logic',
    'provider-test',
    'filter logic joins letters with AND and OR, and is answered as it was sent'
  ],
  ['filters.logic-more', 'assumption', 'filter logic may have NOT and parentheses'],
  [
    'overrides.values',
    'provider-test',
    'what an override writes is a text, a number or an object, and is answered as it was sent'
  ],
  [
    'filters.logic-sort',
    'sdk',
    'filter_logic is about filters of models, target.filter_logic of the target'
  ],
  [
    'filters.logic-whole',
    'assumption',
    'with the newest shape, the older logic must name each of its filters as well'
  ],
  [
    'filters.logic-checked',
    'assumption',
    'logic that cannot be read, or names a letter without a filter, is refused with 422'
  ],
  ['filters.no-logic', 'provider-test', 'without filters there is no logic'],
  [
    'target.authorized',
    'assumption',
    'a sync to or from a connection that waits for a person is refused with 422'
  ],
  ['target.exists', 'assumption', 'objects of applications must exist; tables may'],
  [
    'target.create',
    'provider-test',
    'target.create makes an object once, is never answered, and fills object'
  ],
  ['target.create-again', 'provider', 'an update may repeat create beside the object'],
  ['target.create-existing', 'assumption', 'create with the name of an object that exists uses it'],
  ['target.create-properties', 'sdk', 'what is needed to make an object is listed with the targets'],
  [
    'target.new-name',
    'provider',
    'the older way to a new object, __pt_new_target with new_name, is accepted'
  ],
  ['target.search-values', 'provider', 'search_values are derived from object, and ignored when sent'],
  ['models.exist', 'assumption', 'models and fields that a sync reads must exist'],
  ['models.related', 'assumption', 'several models must be joined by relations'],
  ['schedule.strings', 'sdk', 'the parts of a schedule are texts, and are answered as they were sent'],
  ['schedule.frequencies', 'sdk', 'the frequencies are a fixed list'],
  ['schedule.multi', 'assumption', 'multi is for bulk syncs alone'],
  ['schedule.empty', 'assumption', 'a schedule without frequency is manual'],
  [
    'schedule.parts',
    'assumption',
    'hourly needs minute; daily hour and minute; weekly a day, too; custom and builder any part'
  ],
  ['schedule.ranges', 'assumption', 'parts must be in range; custom and builder take cron expressions'],
  ['schedule.run-after-sent', 'provider-test', 'run_after is answered with the lists that were sent alone'],
  ['schedule.run-after', 'assumption', 'runafter must name syncs that exist'],
  ['schedule.dbt', 'documentation', 'dbtcloud needs a dbt Cloud connection and a job'],
  [
    'schedule.success-only',
    'provider',
    'run_after_success_only is false when it was not sent, and absent in 2023-04-25'
  ],
  ['schedule.options', 'documentation', 'the frequencies can be listed', 'GET /api/syncs/schedules'],
  ['delete', 'documentation', 'a delete is final'],
  ['activate', 'sdk', 'activating answers id and active'],
  ['activate.updated', 'assumption', 'activating counts as an update of the sync']
])
