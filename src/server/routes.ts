import { cardRoutes } from './authorization/card.ts'
import { authorizationRoutes } from './authorization/page.ts'
import type { Route } from './call.ts'
import { bulkConnectionRoutes } from './enumeration/bulk.ts'
import { schemaRoutes } from './enumeration/schema-routes.ts'
import { sourceRoutes } from './enumeration/source.ts'
import { targetRoutes } from './enumeration/target.ts'
import { absentRoutes } from './kinds/absent.ts'
import { bulkExecutionRoutes } from './kinds/bulk-execution.ts'
import { bulkScheduleRoutes } from './kinds/bulk-schedule-routes.ts'
import { bulkSchemaRoutes } from './kinds/bulk-schema-routes.ts'
import { bulkSyncRoutes } from './kinds/bulk-sync.ts'
import { connectCardRoutes } from './kinds/connect-card.ts'
import { connectionExtraRoutes } from './kinds/connection-extras.ts'
import { connectionRoutes } from './kinds/connection.ts'
import { parameterRoutes } from './kinds/connection-parameters.ts'
import { sharingRoutes } from './kinds/connection-sharing.ts'
import { connectionTypeRoutes } from './kinds/connection-type.ts'
import { enrichmentRoutes } from './kinds/enrichment.ts'
import { entityRoutes } from './kinds/entity.ts'
import { errorHandlingRoutes } from './kinds/error-handling.ts'
import { eventRoutes } from './kinds/event.ts'
import { executionRoutes, localExecutionRoutes } from './kinds/execution.ts'
import { jobRoutes } from './kinds/job.ts'
import { modelRoutes } from './kinds/model.ts'
import { notificationRoutes } from './kinds/notification.ts'
import { organizationRoutes } from './kinds/organization.ts'
import { policyRoutes } from './kinds/policy.ts'
import { previewRoutes } from './kinds/preview.ts'
import { queryRoutes } from './kinds/query.ts'
import { recordLoggingRoutes } from './kinds/record-logging.ts'
import { roleRoutes } from './kinds/role.ts'
import { syncRoutes } from './kinds/sync.ts'
import { guardRoutes } from './kinds/sync-guards.ts'
import { userRoutes } from './kinds/user.ts'
import { webhookRoutes } from './kinds/webhook.ts'

/** All addresses that this server answers, one list per kind. */
export const routes: readonly Route[] = [
  // `/api/connections/test` and the like come before `/api/connections/:id`, within their lists and here.
  ...absentRoutes,
  ...entityRoutes,
  ...organizationRoutes,
  ...recordLoggingRoutes,
  ...connectionTypeRoutes,
  ...connectCardRoutes,
  ...connectionExtraRoutes,
  ...connectionRoutes,
  ...parameterRoutes,
  ...sharingRoutes,
  ...queryRoutes,
  ...enrichmentRoutes,
  ...sourceRoutes,
  ...targetRoutes,
  ...schemaRoutes,
  ...bulkConnectionRoutes,
  ...modelRoutes,
  ...syncRoutes,
  ...errorHandlingRoutes,
  ...executionRoutes,
  ...localExecutionRoutes,
  ...guardRoutes,
  ...previewRoutes,
  ...jobRoutes,
  ...eventRoutes,
  ...roleRoutes,
  ...policyRoutes,
  ...userRoutes,
  ...notificationRoutes,
  ...webhookRoutes,
  // `/api/bulk/syncs/status` comes before `/api/bulk/syncs/:id`.
  ...bulkExecutionRoutes,
  ...bulkSyncRoutes,
  ...bulkSchemaRoutes,
  ...bulkScheduleRoutes,
  ...authorizationRoutes,
  ...cardRoutes,
  { method: 'GET', path: '/status.txt', access: 'open', answer: () => ({ html: 'OK' }) }
]
