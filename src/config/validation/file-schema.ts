import type { Kinds } from '../../kinds/kind.ts'
import type { JsonObject } from '../../state/value.ts'
import { apiVersions } from '../../wire/common.ts'
import { variableTypes } from '../placeholders/index.ts'
import { watchSchema } from './watch-schema.ts'

/** Returns the schema of a file without its resources. */
export function fileSchema(kinds: Kinds): JsonObject {
  // Only kinds with a list can be `exclusive`: other live resources cannot be enumerated or removed.
  const listed = kinds.managed.filter(({ api }) => api.access === 'listed')
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      workspace: workspaceSchema(listed.map(({ section }) => section)),
      variables: variablesSchema,
      ...Object.fromEntries(
        kinds.managed.map(({ section, naming, description }) => [
          section,
          { description, type: [naming?.only === undefined ? 'array' : 'object', 'null'] }
        ])
      ),
      removed: {
        type: ['object', 'null'],
        description: 'Names of resources to delete. Harmless once they are gone.',
        additionalProperties: false,
        properties: Object.fromEntries(
          kinds.managed.map(({ section, naming }) => [section, namesToRemove(naming?.only)])
        )
      }
    }
  }
}

/** Returns the schema of names under `removed`. A kind with `naming.only` has that one name. */
function namesToRemove(only: string | undefined): JsonObject {
  const description = 'What to delete of this kind, by name.'
  return {
    description,
    type: ['array', 'null'],
    items: only === undefined ? { type: 'string' } : { enum: [only] }
  }
}

function workspaceSchema(sections: readonly string[]): JsonObject {
  return {
    type: ['object', 'null'],
    description: 'Which organization the files are about. At most once in all files.',
    additionalProperties: false,
    properties: {
      organization: {
        type: 'string',
        description: 'Its name or id: keys of another organization are refused.'
      },
      api_version: { enum: [...apiVersions], description: 'The version of the API to speak.' },
      url: {
        type: 'string',
        format: 'uri',
        description:
          'The address of the service, for a Polytomic of your own; its host is allowed elsewhere.'
      },
      exclusive: {
        type: 'array',
        items: { enum: [...sections] },
        description:
          'Sections that declare all there is: with --prune, what else the service has is deleted.'
      }
    }
  }
}

/** One path or several. */
function pathsSchema(description: string): JsonObject {
  return { description, anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }
}

/** The schema of a `polyctl.yaml`. */
export const environmentsSchema: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: {
    environments: {
      type: ['object', 'null'],
      description:
        'The places that the same files are for, by name: --environment chooses one. In polyctl.yaml alone.',
      propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
      additionalProperties: {
        type: ['object', 'null'],
        additionalProperties: false,
        properties: {
          url: {
            type: 'string',
            description: 'The address of its service; a person must allow the host elsewhere.'
          },
          organization: {
            type: 'string',
            description: 'The name or id of its organization: keys of another one are refused.'
          },
          var_file: pathsSchema('A file of values for variables, or several; as --var-file.'),
          env_file: pathsSchema('A file of NAME=value lines, or several; as --env-file.'),
          since: {
            type: 'string',
            description: 'The git revision that was applied there last; as --since.'
          }
        }
      }
    },
    default_environment: {
      type: 'string',
      description: 'The environment where none is named. In polyctl.yaml alone.'
    },
    watch: watchSchema
  }
}

const variablesSchema: JsonObject = {
  type: ['object', 'null'],
  description: 'Names for values that differ from place to place: ${var:name}.',
  propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
  additionalProperties: {
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      default: { description: 'The value where none is given.' },
      description: { type: 'string', description: 'What it is for: for people alone.' },
      type: { enum: [...variableTypes], description: 'What its value must be. Absent: any text.' }
    }
  }
}
