import type { Path } from '../state/resource.ts'
import { textOf, type Json, type JsonObject } from '../state/value.ts'
import { roleAnswer } from './answers.ts'
import { carrying } from './carry.ts'
import { bookkeeping } from './fields.ts'
import { foldedFor, type ItemProblem, type Kind, type ReadOnly } from './kind.ts'

/** A name for a group of people, and nothing else: policies say what it may do. */
export const role: Kind = {
  name: 'role',
  section: 'roles',
  schema: { type: 'object', additionalProperties: false, properties: {} },
  fields: {},
  caselessNames: true,
  builtIns: true,
  api: {
    answer: roleAnswer,
    path: '/api/permissions/roles',
    lightList: () => false,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },
  isSecret: () => false,
  fromYaml: () => ({}),
  toYaml: () => ({}),
  toWire: () => ({}),
  fromWire: () => ({}),
  replacement: carrying({ members: [...bookkeeping, 'name', 'system'] }, (_live, body) => body),
  uses: () => [],
  readOnly: builtIn
}

/** What came with the service can be named, and is nobody's to declare. */
export function builtIn(wire: JsonObject): ReadOnly | undefined {
  return wire['system'] === true ? { because: 'it comes with the service', nameOnly: true } : undefined
}

/** One role under two spellings: the schema sees only equal texts. */
export function rolesTwice(names: Json | undefined, path: Path): ItemProblem[] {
  const all = Array.isArray(names) ? names.map((name) => foldedFor(role, textOf(name))) : []
  return all.flatMap((name, index) =>
    all.indexOf(name) === index
      ? []
      : [
          {
            path: [...path, index],
            code: 'P105' as const,
            message: 'a role is listed twice',
            label: 'roles match in any case: it is listed above already'
          }
        ]
  )
}
