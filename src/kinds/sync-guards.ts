import { worded } from './words.ts'

const forms = 'A limit is a number, a share such as 10%, or none.'

const limit = (description: string) => ({
  anyOf: [
    { type: 'integer', minimum: 0 },
    { type: 'string', pattern: String.raw`^\d+(\.\d+)?%$`, description: forms },
    { const: 'none' }
  ],
  description: `${description}: a number, a share such as 10%, or none for no limit.`
})

/** The schema of `guards`, which polyctl keeps to and the service never gets. */
export const guardsSchema = {
  type: 'object',
  additionalProperties: false,
  description:
    'What a run that polyctl starts on its own server must not exceed. It is counted before anything is ' +
    'written, and the service never gets it.',
  properties: {
    creates: limit('The most records to create; a share is of those that are read'),
    updates: limit('The most records to update; a share is of those that are read'),
    removes: {
      ...limit('The most records to remove; a share is of those that the target holds'),
      description:
        'The most records to remove: a number, a share of those that the target holds such as 10%, or ' +
        'none for no limit. Absent, with mode remove or replace: the larger of 3 and 10%.'
    },
    empty_source: {
      ...worded({ stop: 'Ends the run.', allow: 'Goes on.' }),
      type: 'string',
      description: 'Whether a source without records stops the run. Absent: stop with mode replace.'
    }
  }
}
