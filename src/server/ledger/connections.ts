import { rows, type LedgerRow } from './row.ts'

/** Connections, their types, their authorization, and what can be read out of them. */
export const connections: LedgerRow[] = rows('connection', [
  [
    'types',
    'provider',
    'there are 226 connection types, each with its fields',
    'GET /api/connection_types'
  ],
  [
    'types.capabilities',
    'assumption',
    'which types can be source and target: known for the types with a catalogue, else both'
  ],
  [
    'types.schema',
    'sdk',
    'the schema of a type is answered bare, without an envelope',
    'GET /api/connection_types/postgresql'
  ],
  [
    'types.schema-titles',
    'assumption',
    'titles are made from the names of the fields, and there are no examples'
  ],
  [
    'contact',
    'assumption',
    'making a connection contacts nobody: it is healthy at once, and validate changes nothing'
  ],
  ['name.unique', 'sdk', 'the name of a connection is unique in its organization'],
  ['name.taken', 'assumption', 'a name that is taken is refused with 422'],
  ['type.unknown', 'assumption', 'an unknown type is refused with 422'],
  ['type.fixed', 'assumption', 'a type cannot change; naming another one in an update is refused with 422'],
  ['configuration.types', 'provider-test', 'values have the JSON types of the type: a port is a number'],
  [
    'configuration.strict',
    'assumption',
    'a wrong type, an unknown key or a value outside the enum is refused with 422'
  ],
  ['configuration.echo', 'assumption', 'what was sent is answered as it was sent, and no default is added'],
  ['configuration.null', 'assumption', 'a key with null counts as left out'],
  [
    'configuration.absent',
    'provider',
    'a request without a configuration is one with an empty configuration'
  ],
  [
    'configuration.read-only',
    'provider',
    'read-only keys, in either spelling, and internal ones are ignored when sent'
  ],
  [
    'configuration.issued',
    'assumption',
    'external_id, aws_user and the secret of a webhook are made when the connection is'
  ],
  ['configuration.required', 'provider', 'required keys are checked on the merged result'],
  ['configuration.required-defaults', 'assumption', 'a required key with a default need not be sent'],
  [
    'configuration.required-oauth',
    'documentation',
    'required keys are not demanded where a person completes the connection'
  ],
  ['secrets.masked', 'documentation', 'a secret that is set is answered as ********'],
  ['secrets.unset', 'assumption', 'a secret that is not set is left out of the answer'],
  [
    'secrets.nested',
    'assumption',
    'nested values with the name of a secret, and values of headers and parameters, are masked too'
  ],
  ['secrets.kept', 'provider', 'an update without a secret keeps it'],
  ['secrets.mask-sent', 'documentation', 'an update with the mask keeps the secret'],
  ['secrets.cleared', 'assumption', 'an update with an empty text, or null, clears the secret'],
  [
    'update.replaces',
    'documentation',
    'an update clears what it leaves out of the configuration, secrets excepted'
  ],
  ['update.policies', 'assumption', 'an update without policies or health-check interval keeps them'],
  [
    'interval.not-read',
    'sdk',
    'the health-check interval is answered by create and update, and by no read'
  ],
  ['interval.syntax', 'sdk', 'the health-check interval is a duration such as 3h30m'],
  [
    'delete.in-use',
    'documentation',
    'a connection in use is not deleted: 422 connection in use, and who uses it in metadata.used_by'
  ],
  ['delete.used-by-types', 'assumption', 'who uses it is of type model or sync'],
  ['delete.transitive', 'assumption', 'syncs that read from its models use a connection, too'],
  ['delete.force', 'documentation', 'with force, what depends on a connection is deleted first'],
  ['test', 'documentation', 'testing a configuration keeps nothing; what is wrong is told with 400'],
  ['status.healthy', 'sdk', 'healthy is the status of a connection that works'],
  [
    'status.others',
    'assumption',
    'new is the status before a person has decided, unhealthy after they said no'
  ],
  ['saved', 'assumption', 'saved is false until a person has decided'],
  [
    'oauth.auth-url',
    'documentation',
    'a connection that a person must authorize is made at once, and the answer has auth_url'
  ],
  ['oauth.only-replies', 'sdk', 'auth_url is answered by create and update, and by no read'],
  ['oauth.modes', 'provider', 'connect_mode, auth_method and auth_mode say whether a person is needed'],
  ['oauth.tokens', 'assumption', 'a connection that comes with a token needs no person'],
  [
    'oauth.also',
    'assumption',
    'greenhouse and xero can be authorized by a person, although they are not marked so'
  ],
  ['oauth.code', 'documentation', 'in mode code the answer has auth_code as well'],
  ['oauth.page', 'assumption', 'the page is our own: it takes decision=allow or decision=deny, once'],
  [
    'oauth.sign-in',
    'documentation',
    'where the server has an app of Salesforce, the person comes back from there to /connect/salesforce'
  ],
  [
    'oauth.sign-in-page',
    'assumption',
    'our page comes before, and without an app there is no other: the decision is a word of this server'
  ],
  [
    'oauth.sign-in-kept',
    'assumption',
    'what the system gives is no part of the configuration, and is good for its domain and app alone'
  ],
  [
    'oauth.sign-in-over',
    'assumption',
    'a connection whose sign-in the system takes back is unhealthy from the next run on'
  ],
  ['oauth.redirect', 'documentation', 'after the decision the browser goes to redirect_url'],
  [
    'oauth.redirect-bare',
    'assumption',
    'nothing is added to redirect_url, and only http and https are accepted'
  ],
  [
    'oauth.identity',
    'assumption',
    'once allowed, the read-only fields that say who are filled with an example person'
  ],
  [
    'oauth.reconnect',
    'assumption',
    'reconnect makes a new auth_url and the older one void; until the decision nothing changes'
  ],
  [
    'oauth.pending-update',
    'assumption',
    'an update of a connection that waits for a person repeats its auth_url'
  ],
  ['oauth.denied-again', 'assumption', 'saying no to a connection that worked changes nothing'],
  [
    'oauth.pending-use',
    'assumption',
    'until a person has decided, reading out of a connection is refused with 400 and a sync with 422'
  ],
  [
    'schemas.fresh',
    'assumption',
    'the schemas of a connection are fresh at once, unless a fault says otherwise'
  ],
  [
    'parameters.shape',
    'documentation',
    'values to choose from are answered by field, each with allows_creation and values'
  ],
  [
    'parameters.which',
    'assumption',
    'the fields to choose for are those that hold a value with its label; values that nobody knows are null'
  ],
  [
    'parameters.pending',
    'assumption',
    'until somebody is authorized, asking for values is refused with 400'
  ],
  ['parameters.type', 'sdk', 'for a type, the values of one field are asked for, filtered by a text'],
  [
    'parameters.other-fields',
    'assumption',
    'for a field that is not chosen, there are no values and no error'
  ],
  ['card.reply', 'sdk', 'asking for a card answers an address and a token'],
  ['card.slash', 'sdk', 'the address of cards is served with and without a slash at its end'],
  ['card.whitelist', 'documentation', 'type wins over whitelist; of one type the form comes at once'],
  ['card.all', 'assumption', 'without a type or a list, the person chooses from all types'],
  [
    'csv.columns',
    'provider-test',
    'a csv connection has one schema, data, whose fields are called as the columns'
  ],
  ['csv.file', 'assumption', 'nothing is fetched: the file is read where a person put it into the folder'],
  ['card.ttl', 'sdk', 'a card is good for 300 seconds unless ttl says otherwise, a week at most'],
  ['card.session', 'sdk', 'the token of a card, without a key, tells what the card is about'],
  ['card.session-name', 'assumption', 'the name of the organization is told where it was asked for'],
  ['rate-limit', 'sdk', 'with the newest shape, a connection tells whether it is being limited; none is'],
  ['proxy.setting', 'sdk', 'the proxy of a connection is switched on and off, of a lent one at its parent'],
  ['proxy.supported', 'assumption', 'types that a person authorizes have a proxy; it is off at first'],
  ['usage', 'sdk', 'the usage of a connection counts calls, of which this server makes none'],
  ['ingest-log', 'sdk', 'the log of what came in is there, and empty'],
  ['card.once', 'documentation', 'the token of a card is good for one connection'],
  ['card.page', 'assumption', 'the page is our own: it takes the fields, and decision=connect or =cancel'],
  ['card.cancel', 'assumption', 'who cancels goes to redirect_url, too, and the card stays good'],
  ['card.actor', 'assumption', 'what a person makes with a card is made by whoever asked for the card'],
  ['shared.pointer', 'documentation', 'a shared connection has the configuration and status of its parent'],
  ['shared.owner', 'documentation', 'only connections of the owner organization are shared'],
  ['shared.partner', 'sdk', 'sharing is for partner keys; the answer is an id alone'],
  [
    'shared.wrong-owner',
    'sdk',
    'under an organization that does not have the parent, it is answered with 404'
  ],
  [
    'shared.refused',
    'assumption',
    "sharing what is not the owner's, or with the owner, is refused with 403"
  ],
  ['shared.edit', 'documentation', 'a shared connection is edited on the parent alone'],
  ['shared.edit-403', 'assumption', 'an update of it is refused with 403, its name and policies included'],
  ['shared.older', 'sdk', 'the older address /share answers in every version'],
  [
    'shared.delete',
    'assumption',
    'a parent that is lent is in use; with force, what it is lent as goes first'
  ],
  ['query.sent', 'sdk', 'a query comes in the body or in the address; the body counts'],
  [
    'query.results',
    'sdk',
    'a query is created, then done with count, fields, results and expires, or failed'
  ],
  ['query.pages', 'sdk', 'results come in pages, with links that are relative to the host'],
  ['query.page-size', 'assumption', 'a page of results has 100 rows, and results are kept for 24 hours'],
  ['query.owner', 'documentation', 'only who sent a query reads its result; to others it is not there'],
  [
    'query.understood',
    'assumption',
    'columns of one object are answered from the catalogue, with a LIMIT; anything else fails, and says why'
  ],
  ['proxy.none', 'assumption', 'there is no connection proxy: it is refused with 501'],
  [
    'catalogue',
    'assumption',
    'what a connection holds is made up: it comes from files that ship with the server, and from the user'
  ],
  [
    'catalogue.contact',
    'assumption',
    'with --contact MongoDB, PostgreSQL, Salesforce and CSV files say themselves what they hold'
  ],
  [
    'catalogue.unreadable',
    'assumption',
    'what cannot be read of a system is 400 with the reason: where it is looked into, and for what names it'
  ],
  [
    'catalogue.documents',
    'assumption',
    'fields of MongoDB are read off the oldest and newest 100 documents; a model may name others'
  ],
  [
    'source.shape',
    'documentation',
    'a source is chosen level by level: items, what each requires, and what is required next'
  ],
  [
    'source.encodings',
    'sdk',
    'choices come as key=value, as params[key]=value and as params={"key":["value"]}'
  ],
  ['source.sql', 'documentation', 'SQL systems offer query, table, tracking_columns and view'],
  ['source.mongodb', 'documentation', 'MongoDB offers database, then collection'],
  ['source.mongodb-query', 'assumption', 'MongoDB offers query, too'],
  ['source.others', 'assumption', 'systems whose configuration is not documented offer stream_id'],
  [
    'target.objects',
    'sdk',
    'target objects have id, name and modes; target_creation says whether more can be made'
  ],
  [
    'target.fields',
    'sdk',
    'the fields of a target come with modes that are spelled otherwise than those of the list'
  ],
  [
    'target.modes',
    'documentation',
    'which modes there are, and which need an identity, depends on the target'
  ],
  ['target.postgresql', 'provider', 'PostgreSQL has no mode append'],
  [
    'target.webhook',
    'documentation',
    'a webhook has the object http, the mode updateOrCreate and the field record'
  ],
  [
    'target.modes-guess',
    'assumption',
    'the modes of other systems, and which of their fields can identify a record'
  ],
  ['enrichment.none', 'documentation', 'a connection that cannot enrich has no enrichment source: 404'],
  [
    'enrichment.which',
    'assumption',
    'an HTTP enrichment can, and asks for its input mappings; others can if a catalogue file says so'
  ],
  ['enrichment.inputs', 'sdk', 'input fields are answered as lists, each of which is enough']
])
