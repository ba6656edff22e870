import { rows, type LedgerRow } from './row.ts'

/** Executions of syncs, and what becomes of records. */
export const syncExecutions: LedgerRow[] = rows('sync', [
  ['executions.none', 'assumption', 'without --run a sync cannot be started here: 409, which says so'],
  ['executions.active', 'documentation', 'only active syncs are executed, also by hand'],
  [
    'schedule.runs',
    'assumption',
    'with --run, schedules start active syncs; a schedule has no catching up'
  ],
  ['schedule.overlap', 'assumption', 'a sync that runs is not started again by its schedule'],
  ['schedule.continuous', 'documentation', 'continuous looks for changes every five minutes'],
  ['schedule.unsaid', 'assumption', 'parts below the smallest that a schedule says are the lowest'],
  [
    'schedule.after',
    'assumption',
    'a sync runs after others when all of them have ended since it began last'
  ],
  ['executions.inactive', 'assumption', 'starting an inactive sync is refused with 400'],
  ['executions.running', 'assumption', 'starting a sync that runs is refused with 409'],
  ['executions.changed', 'documentation', 'only new and changed records are sent; resync sends all'],
  ['executions.tracking', 'documentation', 'tracking columns decide what changed, where a model has them'],
  ['executions.refused', 'assumption', 'a record that the target refused comes back in the next execution'],
  [
    'executions.refused-left',
    'sdk',
    'with auto_retry_record_errors false it waits until it changes, or is sent by resync or its name'
  ],
  ['error-handling.mail', 'assumption', 'nobody is told by mail: events of executions tell webhooks'],
  ['executions.returned', 'assumption', 'a record that left the source and comes back counts as new'],
  ['executions.missing', 'assumption', 'a record that update or remove does not find is looked for again'],
  ['executions.ambiguous', 'assumption', 'a record that matches several ones of the target is an error'],
  [
    'executions.baseline',
    'sdk',
    'with skip_initial_backfill the first execution only notes how things are'
  ],
  ['executions.field-create', 'documentation', 'a field of mode create is written where it is empty'],
  [
    'executions.null',
    'assumption',
    'null clears a field of the target, and a missing one is left alone; what a path finds in null is null'
  ],
  [
    'executions.empty',
    'assumption',
    'a field is empty where it has null or an empty text; false, 0 and an empty list are values'
  ],
  ['executions.unfit', 'assumption', 'a value that its field cannot take refuses its record, and no other'],
  [
    'executions.json',
    'assumption',
    'objects and lists are JSON where a field takes texts; bytes are base64 in JSON, and refused elsewhere'
  ],
  [
    'executions.zones',
    'assumption',
    'moments without a zone are in UTC, and those with one are moved there where the field keeps none'
  ],
  [
    'executions.filters-null',
    'assumption',
    'a value that is null passes IsNull and the negative functions'
  ],
  ['executions.overrides', 'assumption', 'of several overrides of a field the first that applies is used'],
  ['executions.identities', 'sdk', 'a start may name the records by the values of their identity'],
  [
    'executions.replace-some',
    'assumption',
    'an execution of mode replace that names records fails: some in place of all would remove the others'
  ],
  [
    'executions.beside',
    'assumption',
    'addresses under /polyctl are of this server alone: they start syncs with limits and guards'
  ],
  [
    'executions.guards',
    'assumption',
    'guards are of this server alone: a share of creates and updates is of the records that are read'
  ],
  [
    'executions.guards-removes',
    'assumption',
    'a share of removes is of what the target holds; a replace removes as many as there are fewer then'
  ],
  [
    'executions.guards-usual',
    'assumption',
    'remove and replace stop above the larger of 3 and 10%, replace also where the source is empty'
  ],
  [
    'executions.guards-kept',
    'assumption',
    'a header of /api/me, which no other service has, says for how many syncs guards are kept'
  ],
  ['executions.assertions', 'assumption', 'what is asserted is asked of the rows that filters let pass'],
  [
    'executions.limited',
    'assumption',
    'a limited execution writes the first records of the source, and remembers nothing of the others'
  ],
  [
    'executions.named',
    'assumption',
    'a record that a start names is sent where it is new, changed or refused; with resync in any case'
  ],
  ['executions.named-many', 'sdk', 'by several values a start names at most 1,000 records'],
  [
    'executions.updated',
    'assumption',
    'executions do not move the time of change of a sync or model: changes of them alone do'
  ],
  [
    'executions.previews',
    'assumption',
    'what a preview under /polyctl lists is what the next execution does: no documentation has previews'
  ],
  ['executions.test', 'assumption', 'a test execution reads and plans, and writes nothing'],
  ['executions.total', 'assumption', 'total counts the records that passed the filters and changed'],
  ['executions.webhook', 'documentation', 'a webhook that answers 4xx or 5xx fails the sync'],
  ['executions.webhook-retried', 'assumption', '429 and 5xx of a webhook are tried six times before'],
  ['executions.logs', 'sdk', 'logs of records are files, whose addresses need no key for an hour'],
  ['executions.log-records', 'assumption', 'a log entry has the identity, the target and the error'],
  ['executions.status', 'sdk', 'without executions the status has neither a current nor a last one'],
  [
    'executions.makes',
    'assumption',
    'what target.create and new fields ask for is made by the first run, typed like the source'
  ],
  [
    'executions.made-key',
    'assumption',
    'the identity of a sync is the primary key of a table that is made for it, but for append and replace'
  ],
  ['executions.cancel', 'assumption', 'cancelling when nothing runs succeeds and says so']
])
