import type { DataImpact } from '../state/impact.ts'
import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Policy } from '../wire/permission.ts'
import { object, references, scalar, set } from './codecs.ts'
import type { Codec } from './field.ts'
import { idsOf, toIds, withoutAbsent } from './fields.ts'
import { kindOf } from './kind-of.ts'
import { builtIn, rolesTwice } from './role.ts'

const whoMay: DataImpact = { effect: 'none', because: 'policies say who may do what' }

const roles = references(
  'role',
  {
    uniqueItems: true,
    description: 'Roles, by name, in any case. None: nobody may.'
  },
  { caseless: true }
)

const action = object({
  action: {
    codec: scalar({
      type: 'string',
      minLength: 1,
      description: 'create, read, update, delete, sync_to, trigger, apply_policy …'
    }),
    required: true,
    isKey: true
  },
  roles: {
    codec: { ...roles, toWire: (value, context) => toIds(value ?? [], context) },
    wire: 'role_ids',
    required: true
  }
})

const actions = set(
  action,
  { key: actionKey, open: () => true, idle: (item) => isObject(item) && isEmpty(item.roles) },
  {
    keys: [actionKey],
    schema: { description: 'What may be done, and by whom. Actions that are not listed stay as they are.' }
  }
)

/**
 * The actions of a policy. A create must have the member, even if empty; live actions that are not stated
 * stay.
 */
const statedActions: Codec = {
  ...actions,
  fromWire: (value, context) => actions.fromWire?.(value ?? [], context, {}),
  toWire: (value, context) =>
    value === undefined && !context.creating ? undefined : (actions.toWire?.(value, context, {}) ?? []),
  merged(live, wanted) {
    const stated = actionsOf(wanted)
    const known = new Set(stated.map(actionKey))
    const kept = actionsOf(live)
      .filter((one) => !known.has(actionKey(one)))
      .map(({ action, role_ids }) => withoutAbsent({ action, role_ids: idsOf(role_ids) }))
    return [...stated, ...kept]
  }
}

/**
 * A policy: who may do what with the resources that have it. The service answers every action that exists;
 * only stated ones are compared, and the others stay. An action is taken away from everybody by stating it
 * without roles.
 */
export const policy = kindOf<Policy>()({
  name: 'policy',
  section: 'policies',
  description: 'Which roles may do what with the resources that carry the policy.',
  fields: {
    policy_actions: {
      codec: statedActions,
      owner: 'carried',
      required: true,
      synonyms: ['actions', 'permissions'],
      impact: whoMay
    }
  },
  observed: ['system'],
  impacts: { create: whoMay, delete: whoMay, rename: whoMay },
  synonyms: { role_ids: 'roles' },
  caselessNames: true,
  builtIns: true,
  api: {
    access: 'listed',
    path: '/api/permissions/policies',
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },

  check(item) {
    const seen = new Set<string>()
    return actionsOf(item.policy_actions).flatMap((action, index) => {
      const key = actionKey(action)
      const isNew = !seen.has(key)
      seen.add(key)
      const roles = rolesTwice(action.roles, ['policy_actions', index, 'roles'])
      if (isNew) return roles
      return [
        ...roles,
        {
          path: ['policy_actions', index, 'action'],
          code: 'P105' as const,
          message: `\`${textOf(action.action)}\` is listed twice`,
          label: 'an action is listed once, with all of its roles'
        }
      ]
    })
  },
  readOnly: builtIn
})

function actionsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Returns the key of an action. `edit` of the product and `update` of the API are one action. */
function actionKey(item: Json): string {
  const action = textOf(isObject(item) ? item.action : item).toLowerCase()
  return action === 'edit' ? 'update' : action
}
