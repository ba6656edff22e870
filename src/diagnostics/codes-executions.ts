import type { CodeEntry } from './code-entry.ts'

/** Problems of starting and following executions. */
export const executionCodes = {
  P801: {
    exit: 'conflict',
    title: 'a sync runs already, and was not started again',
    explanation:
      'The service runs a sync once at a time. What runs now may have begun before your last change, so ' +
      'it is not taken for the run that was asked for. Wait until it ends and run the sync then, or ' +
      'follow what runs with `--join`.'
  },
  P802: {
    title: 'a sync cannot be started in this way',
    explanation:
      'The options ask for something that this sync, or this version of the API, does not have: values ' +
      'of an identity for a bulk sync or for a sync that finds records by several fields, a resync ' +
      'with a test, or either in API 2023-04-25. Nothing was started. Start it without that option.'
  },
  P803: {
    title: 'nothing says which syncs are to run',
    explanation:
      '`polyctl run` moves data, so it takes no silence for all of them. Name syncs by name, address or ' +
      'pattern (`polyctl run Users`, `polyctl run \'sync "Users*"\'`), choose those whose last run was ' +
      'not clean with `--failed`, or pass `--all`. A name without a kind that several have is not ' +
      'enough: write the address.'
  },
  P804: {
    title: 'the service cannot keep a run within bounds',
    explanation:
      '`--limit`, `--max-creates`, `--max-updates`, `--max-removes` and `--allow-empty-source` are kept ' +
      'to by the server of polyctl alone (`--local`, or `polyctl server --run` and `--url`): the API of ' +
      'Polytomic has no words for them. Nothing was started. `--identity` sends named records on every ' +
      'service.'
  },
  P805: {
    title: 'the guards of a sync are not kept to here',
    explanation:
      'Files declare `guards` for a sync, and the service that runs it is not the server of polyctl: it ' +
      'writes without counting first. The sync is run all the same, as its schedule would run it.'
  },
  P806: {
    exit: 'conflict',
    title: 'a preview cannot be run as it was approved',
    explanation:
      'A run of the file of `polyctl preview --out` writes exactly the records that are listed in it, as ' +
      'they were shown, or nothing. It is refused when one of them would be written otherwise now, ' +
      'or not at all, as the source, the target or the sync was changed since; when the file was used ' +
      'already, was edited, is not whole, is of another organization, or is older than `--max-age`. ' +
      'Nothing was written. Make a new preview, and look at it again.'
  },
  P807: {
    title: 'the file of a preview cannot be used',
    explanation:
      'It cannot be read or written, it was not written by `polyctl preview --out`, or an option was ' +
      'given beside it that it has its own of. Records are listed one by one, so syncs that replace all ' +
      'that their target holds have no such file.'
  },
  P808: {
    title: 'a sync cannot be previewed',
    explanation:
      'Which records a run would write is known to the server of polyctl alone (`--local`, or ' +
      '`polyctl server --run` and `--url`), for the types of connections that it reads and writes itself. ' +
      'The API of Polytomic says what a run did, and has no words for what one would do.'
  },
  P809: {
    title: 'a preview did not come to its end',
    explanation:
      'The source or the target could not be read to its end, or the sync says something that its target ' +
      'does not have. A preview writes nothing, so there is nothing to put in order. Mend what the note ' +
      'says, and preview the sync again.'
  },
  P810: {
    title: 'an option of a preview does not fit',
    explanation:
      '`--fields` narrows what is shown to fields that the sync writes, by their names in the target; ' +
      '`--redact-keys` says what the file of `--out` holds.'
  },
  P811: {
    title: 'a sync cannot be tested',
    explanation:
      '`polyctl test` says what a sync would do with rows of one model, by the code that runs it on the ' +
      'server of polyctl. What that server does not do (joins of models, encrypted fields, some functions ' +
      'of filters) cannot be tested. The message says what it is.'
  },
  P812: {
    title: 'a test names a field that the sync does not have',
    explanation:
      'A row of a test has fields of the model: those that the model declares, or that the sync reads ' +
      'where it declares none. Records and expectations have fields of the target, by the names to which ' +
      'the sync writes or by which it finds records. A name that is none of these is most likely misspelt.'
  },
  P813: {
    title: 'there is nothing to test',
    explanation:
      'No sync that was named has `tests`. Write rows and what is expected of them beside the sync ' +
      '(`polyctl help testing`), or name another one. It is an error, so that a run in CI that tests ' +
      'nothing is not taken for one that passed.'
  },
  P814: {
    title: 'what a test expects was not written',
    explanation:
      'The list comes from an anchor, an alias, `<<` or standard input, so that changing it would change ' +
      'other places, too. Write what the test shows by hand, or give the test a list of its own.'
  },
  P815: {
    title: 'a test expects nothing',
    explanation:
      'The test has rows and no `expect`. `polyctl test --update` writes down what the sync does with ' +
      'them; `expect: []` says that nothing is to be done.'
  },
  P816: {
    title: 'the log of an execution cannot be read or kept',
    explanation:
      'The service tells where the log files of an execution are, and gave no such file, or it could not ' +
      'be written to the folder of `--logs`. The execution itself is not touched by that. Addresses of ' +
      'logs are good for a short time only: try again, or look at the execution in the service.'
  },
  P817: {
    title: 'nothing says which records were refused',
    explanation:
      '`--rejected` sends the records again that the last execution of a sync was refused, and the log of ' +
      'that execution names them. The service keeps no such log (record logging may be off, or the ' +
      'execution be too old), or it does not hold the values by which the sync finds its records, or more ' +
      'than the service takes of a sync that finds them by several fields. Nothing was started. A plain ' +
      '`polyctl run` sends refused records again, too, together with what changed.'
  },
  P818: {
    title: 'a changed sync is not active, and was not started',
    explanation:
      '`apply --run` and `run --changed` start what is to send something else now, and leave what is not ' +
      'active: somebody stopped it, or it is not meant to run yet. Activate it (`active: true`), and it is ' +
      'started with the apply that does so. A bulk sync runs once without that, by its name.'
  },
  P819: {
    title: 'the service does not tell when a sync was changed',
    explanation:
      '`run --changed` compares the times at which a sync, and the models that it reads, were changed last ' +
      'with the start of its last run. This service, or this version of its API, does not tell them, and ' +
      'what is not known is never taken for unchanged. Nothing was started. Name the syncs, or use ' +
      '`apply --run`, which knows what it changed.'
  },
  P820: {
    title: 'an option is about syncs that are started, and none is',
    explanation:
      '`apply` starts nothing by itself. With `--run` it starts what its changes need, and the options ' +
      'that say how to start and follow syncs are for that.'
  }
} satisfies Record<string, CodeEntry>
