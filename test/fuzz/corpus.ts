import { isMap, isScalar, parseDocument, visit } from 'yaml'
import { kinds } from '../../src/kinds/index.ts'
import { isObject, type JsonObject } from '../../src/state/value.ts'
import { examples } from '../support/examples.ts'

/** A text that means something, to begin with, and the secrets that stand in it in plain words. */
export interface Sample {
  text: string
  planted: readonly string[]
}

/** Rare enough that no other word of a file holds a part of one. */
const canary = (number: number): string => `Zq7Xv${number.toString().padStart(3, '0')}Kw9Jd`

/** What the examples do not show: all that YAML can do, and some that people do with it. */
const strange = [
  'x-defaults: &defaults\n  schedule: manual\n  mode: create\nsyncs:\n  - <<: *defaults\n    name: S\n    model: M\n    fields: [{ source: a, target: b }]\n    target: { connection: C, object: O }\n',
  'connections:\n  - name: >-\n      folded\n      name\n    type: postgresql\n    configuration:\n      password: |\n        PLANTED\n        PLANTED\n      hostname: h\n',
  '%YAML 1.2\n---\nconnections: [{ name: "a\\tb", type: hubspot }]\n...\n---\nmodels:\n- {name: ü🚀, connection: "a\\tb", configuration: {}}\n',
  'variables:\n  host: { default: "${env:HOST:-PLANTED}", type: string }\nconnections:\n  - { name: C, type: mongodb, configuration: { hosts: "${var:host}", password: "${env:PW:-PLANTED}" } }\n',
  'connections:\r\n  - name: C\r\n    type: csv\r\n    configuration:\r\n      url: https://example.com\r\n      headers:\r\n        - { name: X-Key, value: PLANTED }\r\n',
  'removed: { syncs: [Old, "Old # 2"], models: ["- a"] }\nworkspace: { organization: Acme, api_version: "2025-09-18", exclusive: [syncs] }\n'
]

/** The examples with a secret in plain words in place of each placeholder in a secret field, and the strange ones. */
export function corpus(): Sample[] {
  let count = 0
  const planted = (): string => canary(count++)
  const samples = Object.values(examples).map((text): Sample => {
    const own: string[] = []
    const document = parseDocument(text)
    const cuts: { start: number; end: number; secret: string }[] = []
    visit(document, {
      Pair(_, { key, value }, path) {
        const range = isScalar(value) ? value.range : undefined
        if (!range || !isSecretPlace(path, key)) return
        const secret = planted()
        own.push(secret)
        cuts.push({ start: range[0], end: range[1], secret })
      }
    })
    const filled = cuts
      .toSorted((a, b) => b.start - a.start)
      .reduce((rest, { start, end, secret }) => rest.slice(0, start) + secret + rest.slice(end), text)
    return { text: filled, planted: own }
  })
  const others = strange.map((text): Sample => {
    const own: string[] = []
    const filled = text.replaceAll('PLANTED', () => {
      const secret = planted()
      own.push(secret)
      return secret
    })
    return { text: filled, planted: own }
  })
  return [...samples, ...others]
}

/** Whether the kind that the section names takes this key of an item for a secret. */
function isSecretPlace(path: readonly unknown[], key: unknown): boolean {
  const keys = path.flatMap((node) =>
    typeof node === 'object' && node !== null && 'key' in node && isScalar(node.key)
      ? [String(node.key.value)]
      : []
  )
  const [section, ...rest] = keys
  const kind = kinds.managed.find((one) => one.section === section)
  const item = path.find((node, index) => index > 3 && isMap(node))
  if (!kind || !isMap(item)) return false
  const fields: unknown = item.toJSON()
  const last = isScalar(key) ? [String(key.value)] : []
  return isObject(fields) && kind.isSecret(fields satisfies JsonObject, [...rest, ...last])
}
