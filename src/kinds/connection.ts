import type { Path } from '../state/resource.ts'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { connectionAnswer } from './answers.ts'
import { carrying, unknownPaths } from './carry.ts'
import type { ItemProblem, Kind } from './kind.ts'
import {
  configurationSchema,
  connectionTypes,
  isSecretSetting,
  serverOwnedFields,
  withoutServerOwned
} from './connection-types.ts'
import {
  bookkeeping,
  idsOf,
  overlay,
  referenceKey,
  references,
  toIds,
  toNames,
  usesOf,
  valueAt,
  withoutAbsent,
  withoutCleared
} from './fields.ts'

/** What the files decide about, what only a request or its answer has, and what the service observes. */
const known = [
  'name',
  'type',
  'configuration',
  'policies',
  'healthcheck_interval',
  'redirect_url',
  'validate',
  'reconnect',
  'auth_url',
  'auth_code',
  'status',
  'status_error',
  'saved',
  'parent_connection_id',
  'api_calls_last_24_hours',
  'rate_limit'
]

/**
 * A connection to one system. Only the stated keys of its configuration are compared: the service fills in
 * others. Secrets come back as masks and are never compared. The type is fixed.
 */
export const connection: Kind = {
  name: 'connection',
  section: 'connections',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['type'],
    properties: {
      type: { enum: Object.keys(connectionTypes), description: 'The system, e.g. mongodb or salesforce.' },
      configuration: {
        type: 'object',
        description: 'Host, user, password …: the keys depend on the type.'
      },
      policies: {
        type: 'array',
        items: { type: 'string' },
        description: 'Permission policies, by name or id.'
      },
      healthcheck_interval: {
        type: 'string',
        pattern: '^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+$',
        description:
          'How often the service looks whether it works, e.g. 3h30m. Not compared: it cannot be read back.'
      },
      redirect_url: {
        type: 'string',
        format: 'iri',
        description: 'Where a browser goes after the authorization. Sent on create only.'
      },
      validate: {
        type: 'boolean',
        description: 'Let the service try the credentials before it accepts them. Default: false.'
      }
    }
  },
  fields: {
    type: { class: 'fixed', rule: { is: 'scalar' } },
    configuration: { class: 'carried', rule: { is: 'stated' } },
    policies: {
      class: 'carried',
      rule: { is: 'set', key: referenceKey, item: { is: 'reference', kind: 'policy', caseless: true } }
    },
    healthcheck_interval: { class: 'unreadable', rule: { is: 'scalar' } },
    redirect_url: { class: 'once', rule: { is: 'scalar' } },
    validate: { class: 'unreadable', rule: { is: 'scalar' } }
  },
  api: {
    answer: connectionAnswer,
    path: '/api/connections',
    uniqueNames: true,
    lightList: () => false,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT'),
    deleteQuery: 'force=false',
    cascades: true
  },
  synonyms: { config: 'configuration', settings: 'configuration', kind: 'type', policy: 'policies' },

  isSecret(item, path) {
    return (
      path[0] === 'configuration' && path.length > 1 && isSecretSetting(textOf(item['type']), path.slice(1))
    )
  },

  detail(item) {
    const type = item['type']
    if (typeof type !== 'string' || !(type in connectionTypes)) return undefined
    return { path: ['configuration'], key: `connection ${type}`, schema: configurationSchema(type) }
  },

  check(item) {
    const type = textOf(item['type'])
    const configuration = item['configuration']
    if (!isObject(configuration)) return []
    return serverOwnedFields(type).flatMap((name) =>
      name in configuration ? [serverOwnedProblem(type, name)] : []
    )
  },

  fromYaml(item) {
    return withoutAbsent({
      type: item['type'],
      configuration: item['configuration'] ?? {},
      policies: references('policy', item['policies']),
      healthcheck_interval: item['healthcheck_interval'],
      redirect_url: item['redirect_url'],
      validate: item['validate']
    })
  },

  toYaml: (fields, context) =>
    withoutAbsent({
      ...fields,
      configuration: isEmpty(fields['configuration']) ? undefined : fields['configuration'],
      policies: toNames(fields['policies'], context)
    }),

  toWire(fields, context) {
    const body = withoutAbsent({
      type: context.creating ? fields['type'] : undefined,
      configuration: withoutCleared(fields['configuration'] ?? {}, context.creating),
      policies: toIds(fields['policies'], context),
      healthcheck_interval: fields['healthcheck_interval'],
      redirect_url: context.creating ? fields['redirect_url'] : undefined
    })
    // The service would contact the system before it answers; a rehearsal on a laptop, and most CI, cannot
    // reach it.
    body['validate'] = fields['validate'] ?? false
    return body
  },

  fromWire(wire, context) {
    const type = typeOf(wire)
    const configuration = isObject(wire['configuration']) ? wire['configuration'] : {}
    return withoutAbsent({
      type,
      configuration: withoutSecrets(type, withoutServerOwned(type, configuration)),
      policies: idsOf(wire['policies']).map((id) => context.reference('policy', id))
    })
  },

  unknownIn: (live) => unknownPaths({ members: [...bookkeeping, ...known] }, live),

  replacement: carrying({ members: [...bookkeeping, ...known] }, (live, body) => {
    const type = typeOf(live)
    const configuration = isObject(live['configuration'])
      ? withoutServerOwned(type, live['configuration'])
      : {}
    return {
      ...withoutAbsent({ policies: live['policies'] }),
      ...body,
      configuration: overlay(configuration, (body['configuration'] ?? {}) as JsonObject)
    }
  }),

  isDefault(fields, path) {
    const field = connectionTypes[textOf(fields['type'])]?.fields[textOf(path[1])]
    return path.length === 2 && field?.default !== undefined && field.default === valueAt(fields, path)
  },

  uses: (wire) => usesOf('policy', idsOf(wire['policies'])),

  waiting(wire) {
    const oauth = connectionTypes[typeOf(wire)]?.oauth === true
    if (!oauth || wire['status'] === 'healthy') return undefined
    const error =
      typeof wire['status_error'] === 'string' && wire['status_error'] !== ''
        ? `: ${wire['status_error']}`
        : ''
    return `it is not authorized yet, or no longer${error}`
  },

  ailing(wire) {
    const status = textOf(wire['status'] ?? '')
    if (status === 'healthy' || connectionTypes[typeOf(wire)]?.oauth === true) return undefined
    const error = textOf(wire['status_error'] ?? '')
    // The words for a connection that nobody has looked at yet are not known: silence is no complaint.
    if (error === '') return /unhealthy|error|fail/i.test(status) ? `it is ${status}` : undefined
    return error
  },

  readOnly: (wire) =>
    isEmpty(wire['parent_connection_id'])
      ? undefined
      : { because: 'another organization shares it, and only there it can be changed' }
}

function typeOf(wire: JsonObject): string {
  const type = wire['type']
  return isObject(type) ? textOf(type['id']) : textOf(type)
}

/** Nested secrets may be answered in clear: they are neither compared nor shown. */
function withoutSecrets(type: string, value: Json, path: Path = []): Json {
  if (Array.isArray(value))
    return value.map((inner, index) => withoutSecrets(type, inner, [...path, index]))
  if (!isObject(value)) return value
  const open = Object.entries(value).filter(([name]) => !isSecretSetting(type, [...path, name]))
  return Object.fromEntries(
    open.map(([name, inner]) => [name, withoutSecrets(type, inner, [...path, name])])
  )
}

function serverOwnedProblem(type: string, name: string): ItemProblem {
  return {
    path: ['configuration', name],
    atKey: true,
    code: 'P107',
    message: `\`${name}\` of a ${type} connection is filled by the service and cannot be set`,
    label: 'the service ignores what is sent here',
    help: [`remove \`${name}\``]
  }
}
