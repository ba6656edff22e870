import type { Shape } from '../state/shape.ts'

/** What the answers of each kind must look like, as far as they are used. */

const texts: Shape = { list: 'text' }
/** Answered as ids, or as mappings that have one. */
const ids: Shape = { list: { either: ['text', { members: { id: 'text' } }] } }

const common = {
  name: 'text',
  email: 'text',
  created_at: 'scalar',
  updated_at: 'scalar',
  updated_by: { members: { name: 'text' } }
} as const satisfies Record<string, Shape>

/** A connection; its type is a text in the oldest version. */
export const connectionAnswer: Shape = {
  members: {
    ...common,
    type: { either: [{ members: { id: 'text' } }, 'text'] },
    configuration: 'mapping',
    policies: ids,
    status: 'text',
    status_error: 'text',
    parent_connection_id: 'text'
  }
}

/** A model. */
export const modelAnswer: Shape = {
  members: {
    ...common,
    connection_id: 'text',
    configuration: 'mapping',
    identifier: 'text',
    fields: { list: { members: { name: 'text', label: 'text', type: 'text' }, needs: ['name'] } },
    relations: {
      list: { members: { from: 'text', to: { members: { model_id: 'text', field: 'text' } } } }
    },
    tracking_columns: texts,
    labels: ids,
    policies: ids,
    enricher: {
      members: { connection_id: 'text', configuration: 'mapping', mappings: { each: 'scalar' } }
    }
  }
}

const source: Shape = { members: { model_id: 'text', field: 'text' } }
const fields: Shape = {
  list: { members: { target: 'text', source, sync_mode: 'text', override_value: 'scalar' } }
}
const conditions: Shape = {
  list: {
    members: { field: { either: [source, 'text'] }, field_id: 'text', function: 'text', label: 'text' }
  }
}
const schedule: Shape = {
  members: {
    frequency: 'text',
    minute: 'scalar',
    hour: 'scalar',
    day_of_week: 'scalar',
    day_of_month: 'scalar',
    month: 'scalar',
    connection_id: 'text',
    job_id: 'scalar',
    run_after: { members: { sync_ids: texts, bulk_sync_ids: texts } },
    multi: { members: { schedules: { list: { members: { schedule: 'mapping' } } } } }
  }
}

/** A sync; a list tells less of it. */
export const syncAnswer: Shape = {
  members: {
    ...common,
    mode: 'text',
    model_ids: texts,
    schedule,
    fields,
    override_fields: fields,
    identity: { members: { source, target: 'text', function: 'text' } },
    filters: conditions,
    overrides: conditions,
    filter_logic: 'text',
    target: {
      members: {
        connection_id: 'text',
        object: 'text',
        configuration: 'mapping',
        filter_logic: 'text'
      }
    },
    policies: ids
  }
}

/** A bulk sync, without its schemas. */
export const bulkSyncAnswer: Shape = {
  members: {
    ...common,
    source_connection_id: 'text',
    destination_connection_id: 'text',
    mode: 'text',
    source_configuration: 'mapping',
    destination_configuration: 'mapping',
    default_schedule: schedule,
    additional_schedules: { list: schedule },
    schedule,
    policies: ids
  }
}

/** One schema of a bulk sync, as the list of them tells it, and in full. */
export const bulkSchemaAnswer: Shape = {
  members: {
    id: 'text',
    fields: { list: { either: [{ members: { id: 'text' }, needs: ['id'] }, 'text'] } },
    filters: { list: { members: { field_id: 'text', function: 'text' } } },
    tracking_field: 'text',
    partition_key: 'text'
  },
  needs: ['id']
}

/** A role. */
export const roleAnswer: Shape = { members: common }

/** A policy, with all its actions. */
export const policyAnswer: Shape = {
  members: {
    ...common,
    policy_actions: { list: { members: { action: 'text', role_ids: ids } } }
  }
}

/** A user, whose name is the address of mail. */
export const userAnswer: Shape = { members: { ...common, role: 'text', role_ids: ids } }

/** A webhook. */
export const webhookAnswer: Shape = { members: { ...common, endpoint: 'text', secret: 'scalar' } }

/** Whoever is told of errors; bare. */
export const subscribersAnswer: Shape = { members: { emails: texts } }

/** A schema of a source, with the fields that make its key. */
export const schemaAnswer: Shape = {
  members: {
    fields: { list: { members: { id: 'text', is_primary_key: 'scalar' } } }
  }
}
