/**
 * What a workspace has beside its warehouse: everything that is compared of each further kind, so that it can
 * be moved.
 */
export const organization = `roles: [{ name: Analyst }]
policies:
  - name: PII
    policy_actions: [{ action: read, roles: [Analyst] }]
users: [{ email: ada@example.com, roles: [Analyst, Member] }]
webhooks: [{ endpoint: "https://a.example/hook", secret: "\${env:PASSWORD}", disabled: false }]
global_error_subscribers: { emails: [ada@example.com, bob@example.com] }
record_logging: { enabled: true, prefix: logs }
schema_primary_keys: [{ connection: Source, schema: public.users, fields: [email, id] }]
bulk_syncs:
  - name: All out
    mode: replicate
    active: true
    source: { connection: Source, configuration: { replication_slot: mine } }
    destination: { connection: Store, configuration: { schema: raw } }
    schemas:
      - id: public.users
        fields: [{ id: id, user_output_name: user_id }, { id: email, obfuscate: true }]
        filters: [{ field_id: email, function: IsNotNull }]
        tracking_field: updated_at
        partition_key: id
        user_output_name: people
        data_cutoff_timestamp: 2024-01-01T01:00:00Z
    automatically_add_new_objects: none
    automatically_add_new_fields: none
    normalize_names: legacy
    concurrency_limit: 5
    error_handling: { subscribers: [ada@example.com], ingestion_failure_threshold: 60 }
    resync_concurrency_limit: 2
    data_cutoff_timestamp: 2023-01-01T00:00:00Z
    disable_record_timestamps: true
    default_schedule: { frequency: hourly, minute: 5 }
    additional_schedules: [{ frequency: continuous, selective_mode: incrementalFields }]
    policies: [PII]
`

/** And what only services can have that answer in the newest shape. */
export const newestOrganization = `${organization}schema_fields:
  - connection: Source
    schema: public.users
    fields: [{ id: zip, label: ZIP, type: string, path: $.zip, definition: string }]
`
