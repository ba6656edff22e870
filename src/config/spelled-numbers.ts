import type { ItemProblem, Kind } from '../kinds/kind.ts'
import type { Path } from '../state/resource.ts'
import type { JsonObject } from '../state/value.ts'
import { itemSchemas, stepInto, type Schemas } from './known-fields.ts'
import { pointer } from './pointer.ts'
import type { Filled } from './placeholders/index.ts'
import type { SourceText, YamlNode } from './source/index.ts'

/**
 * Warns of numbers whose spelling is lost when they are sent, such as `01234`, at places for any value: a
 * postal code or a version may be meant. A secret must be left out, because the message quotes the value.
 */
export function spelledNumbers(
  kind: Kind,
  source: SourceText,
  node: YamlNode,
  filled: Filled
): ItemProblem[] {
  if (!mayHold(source)) return []
  const problems: ItemProblem[] = []
  const visit = (inner: YamlNode, path: Path): void => {
    if (inner.is === 'list') inner.items.forEach((item, index) => visit(item, [...path, index]))
    else if (inner.is === 'mapping')
      for (const { key, value } of inner.entries) visit(value, [...path, key])
    else if (typeof inner.value === 'number') {
      const text = source.text.slice(inner.start, inner.end)
      const isOdd = text !== String(inner.value) && oddNumber.test(text)
      if (!isOdd || filled.secrets.has(pointer(path))) return
      if (!takesAny(schemasAt(itemSchemas(kind), path))) return
      problems.push({
        path,
        code: 'P115',
        severity: 'warning',
        message: `\`${text}\` is sent as the number ${inner.value}`,
        label: 'written without quotes, it is a number',
        help: [`if its digits count, put it in quotes: \`"${text}"\`; else write \`${inner.value}\``]
      })
    }
  }
  visit(node, [])
  return problems
}

/** Matches a number with a sign, leading or trailing zeros, another base or an exponent. */
const odd = String.raw`\+[\d.]\S*|-?0[\dxo]\w*[\d.]*|[-+]?\d*\.\d*|[-+]?[\d.]+[eE][-+]?\d+`
const oddNumber = new RegExp(`^(?:${odd})$`)
const oddNumbers = new RegExp(String.raw`(?:^|[\s,:[{])(?:${odd})(?:$|[\s,\]}])`, 'm')

/** Caches whether a file has such a number at all: most have none, and are not walked. */
const hasOdd = new WeakMap<SourceText, boolean>()

function mayHold(source: SourceText): boolean {
  let found = hasOdd.get(source)
  if (found === undefined) hasOdd.set(source, (found = oddNumbers.test(source.text)))
  return found
}

/** Returns true if no schema restricts the type. */
function takesAny(schemas: Schemas): boolean {
  return schemas.length > 0 && schemas.every((schema) => !('type' in schema) && !('enum' in schema))
}

/** Returns the schemas of the value at a path. A mapping that lists no keys takes any value. */
function schemasAt(schemas: Schemas, path: Path): Schemas {
  const [part, ...rest] = path
  if (part === undefined) return schemas
  const open = schemas.filter(
    (schema) => typeof part === 'string' && (schema['additionalProperties'] ?? true) === true
  )
  const isUnlisted = (schema: JsonObject): boolean => stepInto([schema], part).length === 0
  return schemasAt([...stepInto(schemas, part), ...open.filter(isUnlisted).map(() => ({}))], rest)
}
