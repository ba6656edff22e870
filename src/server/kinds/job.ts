import type { Job } from '../../wire/common.ts'
import { data } from '../answer.ts'
import { actorOf, found, organizationOf, param, type Call, type Route } from '../call.ts'
import { createdBy } from '../records.ts'
import { notFound, Refusal } from '../refusal.ts'

const jobTypes = [
  'createmodel',
  'updatemodel',
  'previewmodel',
  'samplemodel',
  'exportlogs',
  'connectionproxy'
] as const

/** The type is a part of the path: a job is not found under another type. */
export type JobType = (typeof jobTypes)[number]

/**
 * Routes of jobs. All jobs are done before their path is answered, so one request is enough; clients that
 * poll work too.
 */
export const jobRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/jobs/:type/:id',
    access: 'organization',
    answer: (call) => {
      const type = param(call, 'type')
      if (!jobTypes.some((known) => known === type)) {
        throw new Refusal(
          400,
          'invalid',
          `there are no jobs of type ${type}; types are ${jobTypes.join(', ')}`
        )
      }
      const job = found(call, 'job', param(call, 'id'))
      if (job.type !== type) throw notFound(`${type} job`, job.id)
      const answer: Job<object> = { job_id: job.id, type, status: 'done', result: job.result, error: null }
      return data(answer)
    }
  }
]

/** Stores the result of finished work, for a client that asked to fetch it later. */
export function keepJob(call: Call, type: JobType, result: object): Job {
  const { context } = call
  const id = context.randomUUID()
  context.records.put('job', {
    id,
    organization_id: organizationOf(call),
    name: type,
    type,
    result,
    ...createdBy(context.now(), actorOf(call))
  })
  return { job_id: id, type, status: 'created' }
}
