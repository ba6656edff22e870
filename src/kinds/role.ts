import type { DataImpact } from '../state/impact.ts'
import type { Path } from '../state/resource.ts'
import { textOf, type Json } from '../state/value.ts'
import type { Role } from '../wire/permission.ts'
import { foldedFor, type ItemProblem, type ReadOnly } from './kind.ts'
import { kindOf } from './kind-of.ts'

const says: DataImpact = { effect: 'none', because: 'a role says nothing by itself; policies do' }

/** A role: a name for a group of people. Policies say what its members may do. */
export const role = kindOf<Role>()({
  name: 'role',
  section: 'roles',
  description: 'Names for groups of people, which policies give rights to.',
  fields: {},
  observed: ['system'],
  impacts: { create: says, delete: says, rename: says },
  caselessNames: true,
  builtIns: true,
  api: {
    access: 'listed',
    path: '/api/permissions/roles',
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },
  readOnly: builtIn
})

/** Returns the reason why a built-in resource (`system`) can be named in references, but not declared. */
export function builtIn({ system }: { readonly system?: Json }): ReadOnly | undefined {
  return system === true ? { because: 'it comes with the service', nameOnly: true } : undefined
}

/** Reports a role that is listed twice in different case; `uniqueItems` finds equal texts only. */
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
