import { rows, type LedgerRow } from './row.ts'

/** Versions, keys, errors, paging, idempotency, and the organization. */
export const transport: LedgerRow[] = rows('transport', [
  ['version.echo', 'documentation', 'every answer names the version that served it', 'GET /api/me'],
  [
    'version.absent',
    'assumption',
    'without a version a request is served as 2024-02-08; really it is 2021-05-23, not spoken here',
    'GET /api/me'
  ],
  [
    'version.unknown',
    'assumption',
    'a version that is not spoken is refused with 400, and the spoken ones are listed',
    'GET /api/me'
  ],
  ['update.verb', 'documentation', 'updates are PATCH in 2023-04-25 and PUT since 2024-02-08'],
  [
    'update.wrong-verb',
    'assumption',
    'the verb of another version is refused with 405, which names the right one'
  ],
  [
    'paths.both',
    'assumption',
    'the older addresses of sources and targets, and the newer ones, answer in every version'
  ],
  [
    'auth.bearer',
    'documentation',
    'a user key is sent as Bearer and belongs to one organization',
    'GET /api/me'
  ],
  [
    'auth.basic',
    'provider',
    'Basic organization:key lets a partner or deployment key act in one organization'
  ],
  ['auth.basic-own', 'documentation', 'an organization-scoped key is sent as Basic'],
  [
    'auth.basic-own-key',
    'assumption',
    "an organization's user key is also good as its organization-scoped key"
  ],
  [
    'auth.partner-without-organization',
    'assumption',
    'a partner key that names no organization is refused with 403 where one is needed'
  ],
  ['auth.401-older', 'sdk', 'before 2025-09-18 a 401 has code, status, error and context'],
  ['auth.401-message', 'assumption', 'an older 401 has key and message as well'],
  ['auth.open', 'sdk', 'connection types are listed, and configurations tested, without a key'],
  ['auth.me-needs-key', 'assumption', 'GET /api/me answers 401 without a key'],
  ['errors.envelope', 'sdk', 'an error is {status, key, message, metadata}'],
  ['errors.message', 'provider', 'an error always has a message'],
  [
    'errors.field',
    'assumption',
    'a refusal of a request names the first wrong field, in words and in metadata.field'
  ],
  ['errors.keys', 'assumption', 'the values of key are our own: no real one is documented'],
  ['errors.other-organization', 'documentation', 'things of other organizations are answered with 404'],
  ['body.malformed', 'assumption', 'a body that is no JSON, or no object, is refused with 400'],
  ['body.too-large', 'assumption', 'a body of more than 10 MB is refused with 413'],
  [
    'body.unknown-keys',
    'assumption',
    'an unknown key of a request, at any depth, is refused by name; free maps and answered keys are taken'
  ],
  [
    'body.not-served',
    'assumption',
    'a key that the service takes and this server has not is refused by name, unless it is null'
  ],
  ['body.empty-organization', 'provider', 'organization_id may be null or empty, and is then ignored'],
  [
    'body.other-organization',
    'assumption',
    'an organization_id that is not that of the key is refused with 403'
  ],
  ['success.200', 'documentation', 'every success is 200, creates included; a delete has no body'],
  ['success.202', 'documentation', 'refreshing the schemas of a connection answers 202 with a Location'],
  ['lists.order', 'documentation', 'syncs and models are listed by updated_at, newest first, ties by id'],
  ['lists.order-others', 'assumption', 'the lists of other kinds are ordered in the same way'],
  [
    'lists.syncs-light',
    'documentation',
    'in 2025-09-18 the list of syncs has light items, 50 a page',
    'GET /api/syncs'
  ],
  ['lists.syncs-full', 'sdk', 'in older versions the list of syncs has all of them in full'],
  [
    'lists.syncs-filters',
    'sdk',
    'since 2024-02-08 syncs are filtered by active, mode and target_connection_id'
  ],
  [
    'lists.models-paged',
    'documentation',
    'in 2025-09-18 models are listed 50 a page; no SDK types it',
    'GET /api/models'
  ],
  ['lists.models-full', 'sdk', 'in older versions models are listed without pages'],
  [
    'lists.limit',
    'documentation',
    'a limit above 50 is reduced to 50, one that is not positive falls back to 50'
  ],
  ['lists.token', 'documentation', 'page tokens are opaque; without one the page is the last'],
  ['lists.bad-token', 'assumption', 'a page token that was not given here is refused with 400'],
  [
    'idempotency.replay',
    'documentation',
    'the first outcome of an Idempotency-Key is replayed for 24 hours, errors of the service included'
  ],
  [
    'idempotency.in-flight',
    'documentation',
    'a key whose first request is still served is refused with 409'
  ],
  ['idempotency.syntax', 'documentation', 'a key has 8 to 255 of A-Z a-z 0-9 _ -'],
  ['idempotency.bad-key', 'assumption', 'a key that is not of this form is refused with 400'],
  [
    'idempotency.scope',
    'assumption',
    'keys are kept apart by credential, organization, method and address, and not by body'
  ],
  [
    'idempotency.not-recorded',
    'assumption',
    '401, 403 for the key class, 405, 409 in flight and 429 are not recorded'
  ],
  [
    'creates.undated',
    'sdk',
    'answers to creates of connections, roles, policies and users do not say when they were made',
    'GET /api/permissions/roles'
  ],
  ['idempotency.get', 'documentation', 'a key on a GET means nothing'],
  ['rate.429', 'assumption', 'when a rate is set, more is refused with 429 and Retry-After'],
  ['permissions.attached', 'assumption', 'no policy is attached to a thing unless a request says so'],
  ['permissions.exist', 'assumption', 'a policy that a request names must exist'],
  ['jobs.unknown-type', 'documentation', 'a job type that does not exist is refused with 400'],
  ['absent', 'assumption', 'what this server does not have is refused with 501, which says so'],
  ['liveness', 'documentation', 'GET /status.txt answers as long as the server lives']
])
