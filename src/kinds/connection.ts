import type { Path } from '../state/resource.ts'
import { isEmpty, isObject, textOf, type Json } from '../state/value.ts'
import type { Connection, ConnectionReply, ConnectionRequest } from '../wire/connection.ts'
import { policies, scalar, settings } from './codecs.ts'
import {
  proxyChecks,
  proxyField,
  proxyIsNewer,
  proxyPart,
  proxyRequests,
  unreadProxy,
  type WithProxy
} from './connection-proxy.ts'
import {
  configurationSchema,
  connectionTypes,
  isSecretSetting,
  serverOwnedFields,
  withNumber,
  withNumbers,
  withoutServerOwned
} from './connection-types.ts'
import { secretSettings } from './connection-secrets.ts'
import { typeMeant } from './connection-names.ts'
import { emptiedChecks, missingSettings, neededSettings } from './connection-required.ts'
import { overlay, valueAt, withoutCleared } from './fields.ts'
import type { ItemProblem } from './kind.ts'
import { kindOf } from './kind-of.ts'

/**
 * A connection to a system. Only stated keys of its configuration are compared, because the service adds
 * others. Secrets are answered as masks and never compared. The type cannot change.
 */
export const connection = kindOf<Connection & ConnectionReply & ConnectionRequest & WithProxy>()({
  name: 'connection',
  section: 'connections',
  description: 'Systems to read from and to write to, with how to reach them.',
  fields: {
    type: {
      codec: {
        ...scalar({
          enum: Object.keys(connectionTypes),
          description: 'The system, e.g. mongodb or salesforce.'
        }),
        // The oldest version answers a text.
        shape: { either: [{ members: { id: 'text' } }, 'text'] },
        fromWire: typeOf
      },
      owner: 'fixed',
      required: true,
      synonyms: ['kind']
    },
    configuration: {
      codec: {
        ...settings({ description: 'Host, user, password …: the keys depend on the type.' }),
        fromYaml: (value) => value ?? {},
        toYaml: (value, _context, { type }) =>
          isEmpty(value) ? undefined : withNumbers(textOf(type), value),
        toWire: (value, context) => withoutCleared(value ?? {}, context.creating),
        fromWire(value, _context, wire) {
          const type = typeOf(wire.type)
          return withoutSecrets(type, withoutServerOwned(type, isObject(value) ? value : {}))
        }
      },
      owner: 'carried',
      synonyms: ['config', 'settings'],
      impact: {
        effect: 'reads something else',
        because: 'another host, account or database has other data',
        reaches: true
      }
    },
    policies: {
      codec: policies(),
      owner: 'carried',
      synonyms: ['policy'],
      impact: { effect: 'none', because: 'policies say who may see and use it' }
    },
    proxy: proxyField,
    healthcheck_interval: {
      codec: scalar({
        type: 'string',
        pattern: '^([0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h))+$',
        description:
          'How often the service looks whether it works, e.g. 3h30m. Not compared: it cannot be read back.'
      }),
      owner: 'unreadable'
    },
    redirect_url: {
      codec: scalar({
        type: 'string',
        format: 'iri',
        description: 'Where a browser goes after the authorization. Sent on create only.'
      }),
      owner: 'once'
    },
    validate: {
      codec: {
        ...scalar({
          type: 'boolean',
          description: 'Let the service try the credentials before it accepts them. Default: false.'
        }),
        // With `true`, the service contacts the system before it answers; a local server and most CI jobs
        // cannot reach it.
        toWire: (value) => value ?? false
      },
      owner: 'unreadable',
      perRequest: true
    }
  },
  observed: [
    'reconnect',
    'auth_url',
    'auth_code',
    'status',
    'status_error',
    'saved',
    'parent_connection_id',
    'api_calls_last_24_hours',
    'rate_limit'
  ],
  observedShapes: { status: 'text', status_error: 'text', parent_connection_id: 'text' },
  impacts: {
    create: { effect: 'none', because: 'nothing moves before something uses the connection' },
    delete: { effect: 'none', because: 'nothing that stays uses it' },
    rename: { effect: 'none', because: 'a name is for people' }
  },
  authorization: {
    link: ({ auth_url: url, auth_code: code }) =>
      typeof url === 'string' && url !== ''
        ? { url, ...(typeof code === 'string' && { code }) }
        : undefined,
    renewal: { reconnect: true }
  },
  offers: true,
  core: true,
  flows: [],
  api: {
    access: 'listed',
    path: '/api/connections',
    uniqueNames: true,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT'),
    deleteQuery: 'force=false',
    cascades: true,
    parts: [proxyPart],
    followUps: { keys: ['proxy'], exclusive: true, requests: proxyRequests, unread: unreadProxy }
  },
  newerThan: proxyIsNewer,
  checks: (resource) => [...proxyChecks(resource), ...emptiedChecks(resource)],

  isSecret(item, path) {
    return (
      path[0] === 'configuration' && path.length > 1 && isSecretSetting(textOf(item.type), path.slice(1))
    )
  },

  secretsIn: ({ type, configuration }) => secretSettings(typeOf(type), configuration),

  detail(item) {
    const type = item.type
    if (typeof type !== 'string' || !(type in connectionTypes)) return undefined
    return {
      path: ['configuration'],
      key: `connection ${type}`,
      topic: type,
      schema: configurationSchema(type)
    }
  },

  async describedDetail({ type }) {
    return (await import('./connection-texts.ts')).describedConfiguration(textOf(type))
  },

  check(item) {
    const type = textOf(item.type)
    const configuration = item.configuration
    if (!isObject(configuration)) return []
    return serverOwnedFields(type).flatMap((name) =>
      name in configuration ? [serverOwnedProblem(type, name)] : []
    )
  },

  meant: (path, found) => (path[0] === 'type' && path.length === 1 ? typeMeant(found) : undefined),

  incomplete: ({ type, configuration }) =>
    missingSettings(textOf(type), isObject(configuration) ? configuration : {}),

  neededIn: ({ type }) => neededSettings(textOf(type)),

  replacement(live, body, { body: stated }) {
    const there = isObject(live.configuration) ? live.configuration : {}
    const wanted = isObject(stated.configuration) ? stated.configuration : {}
    return { ...body, configuration: overlay(withoutServerOwned(typeOf(live.type), there), wanted) }
  },

  isDefault(fields, path) {
    const field = connectionTypes[textOf(fields.type)]?.fields[textOf(path[1])]
    const value = withNumber(field, valueAt(fields, path))
    return path.length === 2 && field?.default !== undefined && field.default === value
  },

  pendingReason(wire) {
    const oauth = connectionTypes[typeOf(wire.type)]?.oauth === true
    if (!oauth || wire.status === 'healthy') return undefined
    const error =
      typeof wire.status_error === 'string' && wire.status_error !== '' ? `: ${wire.status_error}` : ''
    return `it is not authorized yet, or no longer${error}`
  },

  unhealthyReason(wire) {
    const status = textOf(wire.status ?? '')
    if (status === 'healthy' || connectionTypes[typeOf(wire.type)]?.oauth === true) return undefined
    const error = textOf(wire.status_error ?? '')
    // The status of a connection that was not checked yet is not documented: it must not count as unhealthy.
    if (error === '') return /unhealthy|error|fail/i.test(status) ? `it is ${status}` : undefined
    return error
  },

  readOnly: (wire) =>
    isEmpty(wire.parent_connection_id)
      ? undefined
      : { because: 'another organization shares it, and only there it can be changed' }
})

function typeOf(type: Json | undefined): string {
  return isObject(type) ? textOf(type.id) : textOf(type)
}

/** Drops nested secrets, which the service may answer in clear: they must be neither compared nor shown. */
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
