import type { JsonObject } from '../state/value.ts'
import type {
  BulkDiscovery,
  BulkMode,
  BulkResyncMode,
  NameNormalization,
  SelectiveMode
} from '../wire/bulk-sync.ts'
import type {
  FilterFunction,
  IdentityFunction,
  IdentityStrategy,
  ScheduleFrequency,
  SyncMode
} from '../wire/sync.ts'

/**
 * Descriptions of enum values, for `explain` and for editors. A value without a description does not
 * compile. If the service does not document a value, its description says so.
 */

/** Returns the schema of words in any case, with a description of each. */
export function worded<Word extends string>(meanings: Readonly<Record<Word, string>>): JsonObject {
  return { enum: Object.keys(meanings), 'x-caseless': true, 'x-words': { ...meanings } }
}

/** Modes of a sync. */
export const syncModeWords: Readonly<Record<SyncMode, string>> = {
  create: 'Adds records that the target does not have yet; those that it has stay as they are.',
  update: 'Changes records that the target has; none are added.',
  updateOrCreate: 'Changes records that the target has, and adds the others.',
  replace: 'Makes the target hold the records of the model and no others.',
  append: 'Adds each record as a new one, without looking for it in the target.',
  remove: 'Takes the records of the model out of the target.',
  snapshot: 'Writes all records anew as they are at the time; not documented in detail.'
}

/** Modes of a single field. */
export const fieldModeWords: Readonly<Record<'create' | 'updateOrCreate', string>> = {
  create: 'Writes the field of a new record, or where it is empty; a value that is there stays.',
  updateOrCreate: 'Writes the field each time.'
}

/** Functions of an identity. */
export const identityFunctionWords: Readonly<Record<IdentityFunction, string>> = {
  Equality: 'Both values are the same.',
  ISubstring: 'One value is a part of the other, in any case.',
  OneOf: 'The value is one of several that the target field holds.',
  DomainMatch: 'Both have the same domain, as example.com in an address of mail or of a page.',
  HostnameMatch: 'Both have the same name of a host, as www.example.com.'
}

/** Strategies of several identities. */
export const strategyWords: Readonly<Record<IdentityStrategy, string>> = {
  priority: 'The first mapping that finds a record decides.',
  and: 'A record is the same one only where all mappings fit.'
}

/** Functions of a filter or an override. */
export const filterFunctionWords: Readonly<Record<FilterFunction, string>> = {
  Equality: 'Is the value.',
  Inequality: 'Is not the value.',
  IsNull: 'Has no value; takes none.',
  IsNotNull: 'Has a value; takes none.',
  True: 'Is true; takes no value.',
  False: 'Is false; takes no value.',
  GreaterThan: 'Is more than a number.',
  GreaterThanEqual: 'Is a number or more.',
  LessThan: 'Is less than a number.',
  LessThanEqual: 'Is a number or less.',
  Between: 'Lies between two values; their form is not documented.',
  OnOrAfter: 'Is at a date or time, or later.',
  OnOrBefore: 'Is at a date or time, or earlier.',
  InTheLast: 'Lies within a time up to now, as the service words it.',
  RelativeOnOrAfter: 'Is at a time that moves with now, or later, as the service words it.',
  RelativeOnOrBefore: 'Is at a time that moves with now, or earlier, as the service words it.',
  StringContains: 'Has the text in it.',
  StringStartsWith: 'Begins with the text.',
  StringEndsWith: 'Ends with the text.',
  StringDoesNotContain: 'Does not have the text in it.',
  StringDoesNotStartWith: 'Does not begin with the text.',
  StringDoesNotEndWith: 'Does not end with the text.',
  StringLike: 'Fits a pattern of text.',
  StringNotLike: 'Does not fit a pattern of text.',
  StringMatchesTrimmed: 'Is the text, but for blanks at both ends.',
  StringOneOf: 'Is one of a list of texts.',
  StringNotOneOf: 'Is none of a list of texts.',
  ArrayContains: 'Is a list that has the value.',
  ArrayDoesNotContain: 'Is a list that does not have the value.'
}

/** Sides of a filter. */
export const filterSideWords: Readonly<Record<'Model' | 'Target', string>> = {
  Model: 'The condition is about a field of a model: `field`. This is assumed.',
  Target: 'The condition is about a field of the target: `field_id`. The target says in which modes.'
}

/** Frequencies of a schedule, without `multi`, which only older answers have. */
export const frequencyWords: Readonly<Record<Exclude<ScheduleFrequency, 'multi'>, string>> = {
  manual: 'Runs when somebody starts it.',
  continuous: 'Looks for changes all the time, at most every five minutes.',
  hourly: 'Runs each hour, at a minute.',
  daily: 'Runs each day, at an hour and a minute.',
  weekly: 'Runs on one day of each week, at an hour and a minute.',
  custom: 'Runs at the times that its parts say, each as in cron.',
  builder: 'Runs at the times that its parts say, as put together in the web page.',
  runafter: 'Runs when others have ended: run_after.',
  dbtcloud: 'Runs when a job of dbt Cloud has ended: connection and job_id.'
}

/** Modes of a bulk sync. */
export const bulkModeWords: Readonly<Record<BulkMode, string>> = {
  replicate: 'Keeps the tables of the destination in step with the source.',
  snapshot: 'Writes all tables anew each time.',
  append: 'Only adds; newer services have it, and nothing is documented of it.'
}

/** What a bulk sync does with objects and fields that appear later. */
export const discoveryWords: Readonly<Record<BulkDiscovery, string>> = {
  all: 'All of them are copied.',
  onlyIncremental: 'Those are copied that tell what is new in them.',
  onlyNonIncremental: 'Those are copied that do not tell what is new in them.',
  none: 'None of them are copied.'
}

/** How a bulk sync normalises names in the destination. */
export const normalizationWords: Readonly<Record<NameNormalization, string>> = {
  enabled: 'Names are brought into the form that the destination likes.',
  disabled: 'Names stay as the source has them.',
  legacy: 'Names are brought into the form of earlier days.'
}

/** Which schemas a schedule is for. */
export const selectiveWords: Readonly<Record<SelectiveMode, string>> = {
  none: 'All schemas.',
  incrementalFields: 'Only schemas with a tracking field.',
  nonincrementalFields: 'Only schemas without a tracking field.'
}

/** What a run copies again. */
export const resyncWords: Readonly<Record<BulkResyncMode, string>> = {
  normal: 'Copies what is new.',
  refetch: 'Reads all again; what exactly is written is not documented.',
  resync: 'Copies all again; how it differs from the others is not documented.',
  rebuild: 'Makes the tables anew and copies all.'
}
