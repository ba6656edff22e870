import { problem, warning, type Diagnostic, type Label } from '../diagnostics/diagnostic.ts'
import { SimilarNames } from '../diagnostics/similar.ts'
import { keyOf, nameKeys, type Kind, type Kinds } from '../kinds/kind.ts'
import { addressText, type Address, type Desired, type Removed, type Use } from '../state/resource.ts'
import { isId, isObject, isReference, type Json, type JsonObject } from '../state/value.ts'

/**
 * Finds declared resources by kind and name; names of some kinds match in any case. Of resources with one
 * name, the first in the order of the files is found.
 */
export class ResourceIndex {
  readonly key: (address: Address) => string
  readonly #declared = new Map<string, Desired>()
  readonly #names = new Map<string, string[]>()
  readonly #pinned = new Map<string, Desired[]>()
  readonly #targets = new Map<Desired, readonly (Desired | undefined)[]>()
  readonly #similar = new Map<string, SimilarNames>()

  constructor(resources: readonly Desired[], kinds: Kinds) {
    this.key = keyOf(kinds)
    for (const resource of resources) {
      const key = this.key(resource)
      if (!this.#declared.has(key)) this.#declared.set(key, resource)
      const names = this.#names.get(resource.kind) ?? []
      this.#names.set(resource.kind, names)
      names.push(resource.name)
      if (resource.pin === undefined) continue
      const plain = this.key({ kind: resource.kind, name: resource.name })
      const twins = this.#pinned.get(plain) ?? []
      this.#pinned.set(plain, twins)
      twins.push(resource)
    }
  }

  /** Returns the declared resources that share a name, each with an id of its own. */
  pinned({ kind, name }: Address): readonly Desired[] {
    return this.#pinned.get(this.key({ kind, name })) ?? []
  }

  find(address: Address): Desired | undefined {
    return this.#declared.get(this.key(address))
  }

  /**
   * Returns the resource that each reference names, in their order; undefined for one that no file
   * declares.
   */
  targets(resource: Desired): readonly (Desired | undefined)[] {
    let targets = this.#targets.get(resource)
    if (!targets) this.#targets.set(resource, (targets = resource.uses.map((use) => this.find(use))))
    return targets
  }

  /** Returns declared names that are similar to the name of a reference, for advice. */
  similar({ kind, name }: { kind: string; name: string }): readonly string[] {
    let similar = this.#similar.get(kind)
    if (!similar) this.#similar.set(kind, (similar = new SimilarNames(() => this.#names.get(kind) ?? [])))
    return similar.of(name)
  }
}

/**
 * Returns a resource whose references are spelled as the declarations are. Names of some kinds match in any
 * case, but all later stages compare names exactly.
 */
export function spelledAsDeclared(resource: Desired, index: ResourceIndex): Desired {
  const targets = index.targets(resource)
  const isSpelled = targets.every((target, at) => !target || target.name === resource.uses[at]?.name)
  if (isSpelled) return resource
  const nameOf = (kind: string, name: string): string => index.find({ kind, name })?.name ?? name
  const spell = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(spell)
    if (isReference(value) && value.name !== undefined)
      return { ...value, name: nameOf(value.$ref, value.name) }
    return isObject(value) ? spellAll(value) : value
  }
  const spellAll = (object: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, spell(inner)]))
  return {
    ...resource,
    fields: spellAll(resource.fields),
    uses: resource.uses.map(({ kind, name, path, span }) => ({
      kind,
      name: nameOf(kind, name),
      path,
      span
    }))
  }
}

/**
 * Returns resources of which several have one name, each with its `id`, under addresses that tell them
 * apart. Where one of them has none, or two have the same, nothing does.
 */
export function withPins(resources: readonly Desired[], kinds: Kinds): readonly Desired[] {
  const key = keyOf(kinds)
  const groups = [...Map.groupBy(resources, key).values()].filter((group) => group.length > 1)
  const pinned = new Map(
    groups.flatMap((group) => {
      const pins = group.flatMap((one) =>
        one.id === undefined ? [] : [[one, one.id.toLowerCase()] as const]
      )
      return new Set(pins.map(([, id]) => id)).size === group.length ? pins : []
    })
  )
  if (pinned.size === 0) return resources
  return resources.map((one) => {
    const pin = pinned.get(one)
    return pin === undefined ? one : { ...one, pin }
  })
}

/**
 * Reports names that are declared twice, or both declared and removed. The name is the identity of a
 * resource, so two blocks must not describe one.
 */
export function checkDeclared(
  resources: readonly Desired[],
  removed: readonly Removed[],
  index: ResourceIndex,
  kinds: Kinds
): Diagnostic[] {
  const problems: Diagnostic[] = []
  const kindOf = new Map(kinds.managed.map((kind) => [kind.name, kind]))
  const only = new Map<string, Desired>()
  for (const resource of resources) {
    const kind = kindOf.get(resource.kind)
    const first = index.find(resource)
    const other = kind?.singleton ? only.get(kind.name) : undefined
    if (first && first !== resource) problems.push(declaredTwice(resource, first, kind))
    else if (other) problems.push(oneTooMany(resource, other))
    else only.set(resource.kind, resource)
  }
  for (const one of removed) {
    const declared = index.find(one)
    if (!declared) continue
    problems.push(
      problem('P206', `${addressText(one)} is both declared and removed`, {
        labels: [
          { span: one.span, text: 'removed here' },
          { span: declared.span, text: 'declared here' }
        ],
        help: ['to delete it, remove its declaration', 'to keep it, take it out of `removed`']
      })
    )
  }
  return problems
}

/** The service would take a second singleton for a change of the first, or refuse it during the apply. */
function oneTooMany(again: Desired, first: Desired): Diagnostic {
  const noun = again.kind.replaceAll('_', ' ')
  return problem('P202', `${addressText(again)} is one ${noun} too many`, {
    labels: [
      { span: again.span, text: 'a second one is declared here' },
      { span: first.span, text: 'the first one is declared here' }
    ],
    notes: [`an organization has one ${noun}`],
    help: ['keep one of the two blocks']
  })
}

function declaredTwice(again: Desired, first: Desired, kind: Kind | undefined): Diagnostic {
  const noun = again.kind.replaceAll('_', ' ')
  const keys = kind ? nameKeys(kind) : ['name']
  const identity = `${keys.map((key) => `\`${key}\``).join(' and ')} ${keys.length === 1 ? 'says' : 'say'}`
  return problem('P202', `${addressText(again)} is declared twice`, {
    labels: [
      { span: again.span, text: 'declared again here' },
      { span: first.span, text: 'first declared here' }
    ],
    notes: [
      keys.length === 0
        ? 'there is one in an organization: two blocks cannot both describe it'
        : `${identity} which ${noun} is meant: two blocks cannot both describe it`
    ],
    help: [
      keys.length === 1 && keys[0] === 'name'
        ? 'rename one of them, delete one of the two blocks, or give each the `id` of the one that it means'
        : 'put all of it into one of the two blocks, and delete the other'
    ]
  })
}

/**
 * Warns of each reference to a resource that no file declares. The service may have it, so `plan` later
 * drops the warning or makes it an error. References by id, and to kinds with built-in resources, are
 * checked by `plan` alone.
 */
export function checkReferences(
  resources: readonly Desired[],
  removed: readonly Removed[],
  index: ResourceIndex,
  kinds: Kinds
): Diagnostic[] {
  const managed = new Set(kinds.managed.filter(({ builtIns }) => !builtIns).map(({ name }) => name))
  const removedAt = new Map(removed.map((one) => [index.key(one), one]))
  return resources.flatMap((resource) => {
    const targets = index.targets(resource)
    return resource.uses
      .filter((use, at) => !targets[at] && managed.has(use.kind) && !isId(use.name))
      .map((use) => undeclared(resource, use, index, removedAt.get(index.key(use))))
  })
}

function undeclared(
  resource: Desired,
  use: Use,
  index: ResourceIndex,
  removed: Removed | undefined
): Diagnostic {
  const kind = use.kind.replaceAll('_', ' ')
  const twins = index.pinned(use)
  if (twins.length > 0)
    return warning(
      'P201',
      `${addressText(resource)} uses ${addressText(use)}, of which several are declared`,
      {
        labels: [
          { span: use.span, text: 'this name chooses none of them' },
          ...twins.map(({ span, pin = '' }) => ({ span, text: `one is ${pin}` }))
        ],
        help: ['write the id of the one that is meant in place of the name']
      }
    )
  const labels: Label[] = [{ span: use.span, text: `no ${kind} of this name is declared` }]
  if (removed) labels.push({ span: removed.span, text: 'it is removed here' })
  const near = removed ? [] : index.similar(use)
  const [first] = near
  const declared = first === undefined ? undefined : index.find({ kind: use.kind, name: first })
  if (declared) labels.push({ span: declared.span, text: `a ${kind} with a similar name is declared here` })
  return warning('P201', `${addressText(resource)} uses ${addressText(use)}, which is not declared`, {
    labels,
    notes: ['it may exist in the service: `polyctl plan` looks there'],
    help: near.map((name) => `a ${kind} with a similar name is declared: \`${name}\``)
  })
}
