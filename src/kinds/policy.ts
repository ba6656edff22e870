import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { policyAnswer } from './answers.ts'
import { carrying, unknownPaths, type KnownObject } from './carry.ts'
import {
  bookkeeping,
  idsOf,
  referenceKey,
  references,
  toIds,
  toNames,
  usesOf,
  withoutAbsent
} from './fields.ts'
import type { Kind } from './kind.ts'
import { builtIn, rolesTwice } from './role.ts'

const rolesRule = {
  is: 'set',
  key: referenceKey,
  item: { is: 'reference', kind: 'role', caseless: true }
} as const

/**
 * Who may do what with the resources that carry it. The service answers every action that there is, the
 * stated ones among them: only those are compared, and the others stay. To take an action away from
 * everybody, it is stated with no roles.
 */
export const policy: Kind = {
  name: 'policy',
  section: 'policies',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['policy_actions'],
    properties: {
      policy_actions: {
        type: 'array',
        description: 'What may be done, and by whom. Actions that are not listed stay as they are.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['action', 'roles'],
          properties: {
            action: {
              type: 'string',
              minLength: 1,
              description: 'create, read, update, delete, sync_to, trigger, apply_policy …'
            },
            roles: {
              type: 'array',
              uniqueItems: true,
              items: { type: 'string' },
              description: 'Roles, by name, in any case. None: nobody may.'
            }
          }
        }
      }
    }
  },
  fields: {
    policy_actions: {
      class: 'carried',
      rule: {
        is: 'set',
        key: actionKey,
        item: { is: 'object', fields: { roles: rolesRule } },
        open: () => true,
        idle: (item) => isObject(item) && isEmpty(item['roles'])
      }
    }
  },
  caselessNames: true,
  builtIns: true,
  api: {
    answer: policyAnswer,
    path: '/api/permissions/policies',
    lightList: () => false,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },
  synonyms: { actions: 'policy_actions', permissions: 'policy_actions', role_ids: 'roles' },

  isSecret: () => false,

  check(item) {
    const seen = new Set<string>()
    return actionsOf(item['policy_actions']).flatMap((action, index) => {
      const key = actionKey(action)
      const isNew = !seen.has(key)
      seen.add(key)
      const roles = rolesTwice(action['roles'], ['policy_actions', index, 'roles'])
      if (isNew) return roles
      return [
        ...roles,
        {
          path: ['policy_actions', index, 'action'],
          code: 'P105' as const,
          message: `\`${textOf(action['action'])}\` is listed twice`,
          label: 'an action is listed once, with all of its roles'
        }
      ]
    })
  },

  fromYaml(item) {
    const actions = item['policy_actions']
    if (!Array.isArray(actions)) return withoutAbsent({ policy_actions: actions })
    return {
      policy_actions: actions.map((action) =>
        isObject(action)
          ? withoutAbsent({ action: action['action'], roles: references('role', action['roles']) })
          : action
      )
    }
  },

  toYaml(fields, context) {
    const actions = fields['policy_actions']
    if (!Array.isArray(actions)) return withoutAbsent({ policy_actions: actions })
    return {
      policy_actions: actionsOf(actions).map((action) =>
        withoutAbsent({ ...action, roles: toNames(action['roles'], context) })
      )
    }
  },

  toWire(fields, context) {
    const actions = actionsOf(fields['policy_actions'])
    if (!('policy_actions' in fields) && !context.creating) return {}
    return {
      policy_actions: actions.map((action) =>
        withoutAbsent({ action: action['action'], role_ids: toIds(action['roles'] ?? [], context) })
      )
    }
  },

  fromWire: (wire, context) => ({
    policy_actions: actionsOf(wire['policy_actions']).map((action) =>
      withoutAbsent({
        action: action['action'],
        roles: idsOf(action['role_ids']).map((id) => context.reference('role', id))
      })
    )
  }),

  unknownIn: (live) => unknownPaths(known(), live),

  replacement: carrying(known(), (live, body) => {
    const stated = actionsOf(body['policy_actions'])
    const known = new Set(stated.map(actionKey))
    const kept = actionsOf(live['policy_actions'])
      .filter((action) => !known.has(actionKey(action)))
      .map((action) => withoutAbsent({ action: action['action'], role_ids: idsOf(action['role_ids']) }))
    return { ...body, policy_actions: [...stated, ...kept] }
  }),

  uses: (wire) =>
    usesOf('role', [
      ...new Set(actionsOf(wire['policy_actions']).flatMap((action) => idsOf(action['role_ids'])))
    ]),

  readOnly: builtIn
}

function known(): KnownObject {
  return {
    members: [...bookkeeping, 'name', 'system'],
    parts: { policy_actions: { item: { members: ['action', 'role_ids'] }, keys: [actionKey] } }
  }
}

function actionsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The product says `edit` where the service says `update`; either may be answered to the other. */
function actionKey(item: Json): string {
  const action = textOf(isObject(item) ? item['action'] : item).toLowerCase()
  return action === 'edit' ? 'update' : action
}
