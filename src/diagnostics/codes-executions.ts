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
  }
} satisfies Record<string, CodeEntry>
