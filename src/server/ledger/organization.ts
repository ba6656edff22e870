import { rows, type LedgerRow } from './row.ts'

/** Organizations, their people, roles and policies, and whom they want told. */
export const organization: LedgerRow[] = rows('organization', [
  [
    'me.classes',
    'sdk',
    'exactly one of is_user, is_organization, is_partner and is_system is true',
    'GET /api/me'
  ],
  ['me.user', 'sdk', 'id, email and role are answered for the key of a user alone', 'GET /api/me'],
  [
    'list.partner',
    'documentation',
    'in 2025-09-18 organizations are listed for partner keys alone; others get 403'
  ],
  ['list.own', 'provider', 'in older versions a key of an organization sees its own'],
  ['list.owner-first', 'documentation', 'the first organization of the list is the owner of the others'],
  ['one-partner', 'assumption', 'all organizations of a server belong to one partner'],
  ['write.partner', 'documentation', 'organizations are made, changed and deleted by partner keys alone'],
  ['write.deployment', 'documentation', 'a deployment key may do what a partner key may'],
  ['name.unique', 'sdk', 'the name of an organization is its own among those of the partner'],
  ['name.taken', 'assumption', 'a name that is taken is refused with 409'],
  ['update.replaces', 'sdk', 'an update removes what it leaves out of the settings for signing in'],
  ['client-secret', 'sdk', 'client_id and client_secret are accepted and never answered'],
  ['client-secret.kept', 'assumption', 'they are not kept: nobody signs in to this server'],
  ['delete.owner', 'documentation', 'the owner of the others cannot be deleted'],
  ['delete.owner-403', 'assumption', 'deleting it is refused with 403'],
  ['delete.everything', 'assumption', 'with an organization go its things and its keys'],
  ['create.empty', 'documentation', 'a new organization has no user: the partner makes the first one'],
  ['users.shape', 'sdk', 'a user has email, role and role_ids', 'GET /api/organization/users'],
  ['users.families', 'sdk', 'users of the own organization, and of a named one, are the same users'],
  [
    'users.own-key',
    'provider',
    'the users of a named organization are served to its own keys, too, not to partners alone'
  ],
  ['users.email-case', 'provider', 'the address of a user is kept in lower case'],
  ['users.email-unique', 'assumption', 'an address that is taken in the organization is refused with 422'],
  ['users.role-case', 'provider', 'role is understood in any case, and answered in lower case'],
  ['users.role-words', 'provider', 'role is admin or user'],
  [
    'users.role-names',
    'assumption',
    'user means the role Member, and the name of any other role is understood as well'
  ],
  ['users.role-default', 'assumption', 'who is given no role is a user'],
  ['users.role-both', 'documentation', 'role and role_ids exclude each other in a create'],
  ['users.role-both-update', 'assumption', 'in an update role_ids wins over role'],
  ['users.role-ids', 'documentation', 'role_ids has one role at least, if it is there'],
  ['users.update', 'documentation', 'an update changes roles alone'],
  ['users.update-email', 'sdk', 'an update in a named organization must have an email, and ignores it'],
  ['users.delete', 'sdk', 'deleting a user answers the user'],
  ['users.delete-self', 'assumption', 'a key may not delete the user that it belongs to: 403'],
  ['users.invitation', 'assumption', 'nobody is written to, and roles count at once'],
  ['keys.create', 'sdk', 'a key is made by a partner for a user, and its value is answered this once'],
  ['keys.force', 'documentation', 'with force the key that there is ends first'],
  ['keys.second', 'assumption', 'without force a second key is refused with 403'],
  ['keys.deleted-user', 'assumption', 'the keys of a deleted user are good for nothing'],
  [
    'roles.built-in',
    'documentation',
    'an organization has the built-in roles Admin and Member; built-in things have system: true',
    'GET /api/permissions/roles'
  ],
  ['roles.system', 'documentation', 'built-in roles cannot be changed or deleted'],
  ['roles.system-403', 'assumption', 'changing what is built in is refused with 403'],
  ['roles.delete', 'documentation', 'policies go on naming a role that is gone'],
  ['roles.twins', 'assumption', 'two roles, or two policies, may have the same name'],
  [
    'policies.built-in',
    'assumption',
    'there are built-in policies for connections, models and syncs; every role may do everything',
    'GET /api/permissions/policies'
  ],
  ['policies.system', 'provider', 'built-in policies cannot be changed'],
  ['policies.all-actions', 'provider', 'a policy is answered with all actions, sent or not'],
  [
    'policies.actions',
    'assumption',
    'which actions there are; update may be spelled edit, as the client likes'
  ],
  ['policies.unknown-action', 'assumption', 'an action that is not known is refused with 400'],
  ['policies.replace', 'documentation', 'an update replaces who may do what'],
  ['policies.roles', 'assumption', 'a role that a policy names anew must exist'],
  ['policies.enforced', 'assumption', 'policies are kept and not enforced: every key may do everything'],
  ['policies.deleted', 'assumption', 'what a deleted policy was attached to is without it'],
  [
    'subscribers.bare',
    'sdk',
    'subscribers to errors are answered without an envelope',
    'GET /api/notifications/global-error-subscribers'
  ],
  ['subscribers.replace', 'documentation', 'a PUT replaces all subscribers; an empty list is nobody'],
  ['subscribers.missing', 'provider', 'a PUT without emails means nobody'],
  ['subscribers.case', 'provider-test', 'addresses are kept as they are spelled'],
  ['subscribers.email', 'assumption', 'what cannot be an address is refused with 400'],
  ['subscribers.nobody-written', 'assumption', 'nobody is written to'],
  ['webhooks.one', 'documentation', 'an organization has one webhook at most', 'GET /api/webhooks'],
  ['webhooks.second', 'assumption', 'a second webhook is refused with 422'],
  ['webhooks.secret', 'sdk', 'the secret of a webhook is answered in clear'],
  ['webhooks.endpoint', 'assumption', 'the endpoint must be an http or https address'],
  ['webhooks.switch', 'sdk', 'disable and enable answer the webhook'],
  ['webhooks.every-event', 'documentation', 'a webhook is told every event of its organization'],
  ['webhooks.disabled', 'documentation', 'what happens while a webhook is disabled is lost to it'],
  [
    'webhooks.signature',
    'documentation',
    'Polytomic-Signature is an HMAC of the body, keyed with the secret'
  ],
  ['webhooks.signature-digest', 'assumption', 'it is SHA-256, in hexadecimal'],
  ['webhooks.retries', 'documentation', 'a receiver that does not answer 2xx is asked five times more'],
  [
    'webhooks.waits',
    'assumption',
    'the waits are 1, 2, 4, 8 and 16 seconds; an answer may take 10 seconds'
  ],
  ['webhooks.redirects', 'assumption', 'redirects are not followed'],
  [
    'webhooks.name',
    'documentation',
    'what is posted has name beside sync_name: the guide shows the one, types the other'
  ],
  [
    'webhooks.bounded',
    'documentation',
    'an event may be lost: a server that ends, or has too many to tell, drops them'
  ],
  ['entities', 'sdk', 'an id tells its type and path; of other organizations it is answered with 404'],
  ['entities.partner', 'sdk', 'a partner is told the organization, too'],
  [
    'entities.paths',
    'assumption',
    'the paths are those where a thing is read, those of users by class of key'
  ],
  ['record-logging', 'sdk', 'an update of record logging removes what it leaves out'],
  ['record-logging.default', 'assumption', 'record logging is off at first'],
  ['record-logging.store', 'assumption', 'its connection must be one that can take logs: else 422'],
  ['harbors', 'sdk', 'with the newest shape, users tell their harbors: there are none here'],
  ['credential', 'assumption', 'with the newest shape, me tells method api_key and mode user'],
  ['webhook.disabled', 'sdk', 'with the newest shape, a webhook tells since when it is disabled, and why'],
  ['webhook.reason', 'assumption', 'the reason is ours: nobody documents which there are'],
  [
    'events.types',
    'documentation',
    'there are ten types of events, all about executions',
    'GET /api/events_types'
  ],
  [
    'events.raised',
    'assumption',
    'executions raise events, where --run lets them run; nothing else here raises any'
  ],
  ['events.limit', 'sdk', 'events are answered 10 at a time, 100 at most', 'GET /api/events'],
  ['events.order', 'assumption', 'events are listed newest first'],
  ['events.bounds', 'sdk', 'starting_after and ending_before are strict'],
  ['events.retention', 'documentation', 'an event can be read for 48 hours'],
  ['events.organization', 'sdk', 'organization_id is for deployment keys alone; of others it is ignored'],
  [
    'events.bad-filter',
    'assumption',
    'a type that does not exist, a bound that is no time, or a limit that is no number, is refused with 422'
  ]
])
