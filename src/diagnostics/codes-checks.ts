import type { CodeEntry } from './code-entry.ts'

/** Problems between the files and the connected systems, as far as the service knows these. */
export const checkCodes = {
  P420: {
    title: 'a model reads what its connection does not have',
    explanation:
      'The service was asked what a model may read from this connection, and what the files name is not ' +
      'among it: a table, a view, a collection, an object that is misspelt, renamed or dropped, or that ' +
      'the user of the connection may not see. `polyctl sources` shows what there is. Where the service ' +
      'lists other names but did not refuse this one, it is a warning: a list may be older than the source.'
  },
  P421: {
    title: 'a field that its model does not have',
    explanation:
      'A model or a sync names a field that the model does not have, going by what the service knows of ' +
      'it and by the fields that the files add. It is misspelt, the column was renamed or dropped, or ' +
      '`fields` of the model leaves it out. If the source has the column since a short while, refresh the ' +
      'fields of the model in the web page, or plan with `--no-check`.'
  },
  P422: {
    title: 'the object of a target is not there',
    explanation:
      'The service was asked for the object that a sync writes to, and does not know it; case counts in ' +
      'names. Or a new object is asked for where none can be made, or with properties that new objects do ' +
      'not have there. `polyctl targets` shows what there is.'
  },
  P423: {
    title: 'a field of the target cannot be used like this',
    explanation:
      'A sync names a field that its target does not have, or one that cannot do what is asked of it: be ' +
      'written, be encrypted, be filtered by, tell which record is which. `polyctl targets` with the ' +
      'connection and the object shows all fields. Some targets make new ones, with `new: true`.'
  },
  P424: {
    title: 'a required field of the target is not mapped',
    explanation:
      'The sync makes records, and the target wants a value in a field that nothing is mapped to. The ' +
      'sync may be made all the same, but each new record is likely to fail. Map the field, to a field of ' +
      'the model or to a fixed value with `override_value`.'
  },
  P425: {
    title: 'the target does not support this way of writing',
    explanation:
      'Each object of a target says which modes it supports, and whether in these it wants an identity, ' +
      'takes filters of its own records, or modes of single fields; so does each destination of a bulk ' +
      'sync. The service refuses what is not supported. `polyctl targets` shows the modes of an object.'
  },
  P426: {
    title: 'a field of the target does not take this function',
    explanation:
      'Fields of a target say which functions may find records by them, and which functions and values ' +
      'may filter by them. The service refuses others when the sync is saved. The help lists what this ' +
      'field takes.'
  },
  P427: {
    title: 'a bulk sync names a schema or field that its source does not have',
    explanation:
      'The service was asked for the schemas of the source, and what the files list is not among them. ' +
      'The id is misspelt, the table was renamed or dropped, or the user of the connection may not see ' +
      'it. If it is new, let the service read the source again first.'
  },
  P428: {
    title: 'the service could not be asked what a connection has',
    explanation:
      'Before anything is made or changed, the service is asked whether what the files name exists in the ' +
      'connected systems. Of this connection it could not tell: the source is down or still being read, ' +
      'the key may not look into it, or the service is older than the question. So mistakes there show ' +
      'only when the plan is applied. Nothing else depends on it; `--no-check` asks nothing at all.'
  },
  P429: {
    title: 'a connection cannot do what is asked of it',
    explanation:
      'What a connection can do depends on the system that it is to, and the service says so. Requests can ' +
      'be sent through connections to some systems only: `proxy: true` is refused by the others, and ' +
      '`proxy: false` is what they have. From some nothing can be read, such as webhooks. And only dbt ' +
      'Cloud has jobs after which a sync can run.'
  },
  P430: {
    title: 'a new field without its type',
    explanation:
      'Of a field that the source has, the files may say what is to be different, and no more. One that ' +
      'it does not have is added, and for that the service needs its type: `string`, `number` or another, ' +
      'or a `definition`. If the field was meant to be there already, its id is misspelt, or the source ' +
      'has lost it.'
  },
  P431: {
    title: 'a new bulk sync lacks what its destination requires',
    explanation:
      'The service says which settings a destination takes and which of them it requires, such as the ' +
      'dataset in BigQuery, and refuses to make a bulk sync without these. One that exists already has ' +
      'them and may leave them out. `polyctl targets` with `--bulk` shows all of them.'
  },
  P432: {
    title: 'a filter logic with `NOT`',
    explanation:
      'What the documentation of the service says of a logic is: labels with `and`, `or` and parentheses. ' +
      'A logic with `not` that a service has is understood, but a service may refuse it when it is sent, ' +
      'so a plan that would send one warns of it. Filters can say the same: most functions have an ' +
      'opposite, such as `IsNull` and `IsNotNull`.'
  }
} satisfies Record<string, CodeEntry>
