import { kinds } from '../../src/kinds/index.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { diff } from '../../src/plan/diff.ts'
import { reference, type JsonObject } from '../../src/state/value.ts'
import type { ApiVersion } from '../../src/wire/common.ts'
import { at } from '../render/builders.ts'
import { Names } from './service-model.ts'

/** For examples: one kind, and a world in which everything that is named exists. */
export function exchangeOf(kindName: string, version: ApiVersion = '2025-09-18') {
  const kind = kindNamed(kindName)
  const names = new Names()
  const context = { idOf: names.idOf, spanAt: () => at('configs/a.yaml', 1) }
  return {
    kind,
    id: (of: string, name: string): string => names.idOf(reference(of, name)),
    /** YAML item → body of a create. */
    create: (item: JsonObject): JsonObject => kind.toWire(kind.fromYaml(item), names.toWire(version, true)),
    /** YAML item and live answer → body of an update. */
    update: (item: JsonObject, live: JsonObject): JsonObject =>
      kind.replacement(
        live,
        {
          name: 'x',
          ...kind.toWire(kind.fromYaml(item), names.toWire(version, false))
        },
        undefined,
        version
      ),
    read: (wire: JsonObject, models: readonly JsonObject[] = []): JsonObject =>
      kind.fromWire(wire, names.fromWire(version, models)),
    /** What differs between YAML and an answer, as `added fields.[Email]`. */
    differences(item: JsonObject, wire: JsonObject, models: readonly JsonObject[] = []): string[] {
      const live = kind.fromWire(wire, names.fromWire(version, models))
      return diff(kind.fields, kind.fromYaml(item), live, context).fields.map(
        ({ how, path }) => `${how} ${path.join('.')}`
      )
    }
  }
}

export function kindNamed(name: string): Kind {
  const kind = kinds.managed.find((one) => one.name === name)
  if (!kind) throw new Error(`no kind ${name}`)
  return kind
}
