import { derivedApi, nameKeys, type Kind } from '../kinds/kind.ts'
import { referredKinds } from '../state/rule.ts'
import { isObject, textOf, type JsonObject } from '../state/value.ts'
import { isRefusal, kindText, unread } from './derived.ts'
import type { RequestResult } from './failure.ts'
import type { ReadKind } from './live.ts'
import { retrying } from './read.ts'
import type { Reader } from './transport.ts'

/** What was read of a kind, or why the service refuses it. */
export interface SurveyedKind extends ReadKind {
  refused?: string
  /** Where it was not looked for, and why. */
  passed?: string
}

type Search = NonNullable<NonNullable<ReturnType<typeof derivedApi>>['search']>

/** Where sub-resources are looked for. */
interface Where {
  /** Keys of the parents that count. */
  parents: ReadonlySet<string>
  /** Whether those of a kind are looked for in parents, too, that have hardly any. */
  isThorough: ((kind: Kind) => boolean) | undefined
}

/** Looks for sub-resources in what their parents tell. Kinds that share a read share its answer. */
export class Searching {
  readonly #reader: Reader
  readonly #read: readonly SurveyedKind[]
  readonly #where: Where
  readonly #answers = new Map<string, Promise<RequestResult>>()

  constructor(reader: Reader, read: readonly SurveyedKind[], where: Where) {
    this.#reader = reader
    this.#read = read
    this.#where = where
  }

  of(kind: Kind): Promise<SurveyedKind> | undefined {
    const search = derivedApi(kind)?.search
    return search && this.#search(kind, search)
  }

  async #search(kind: Kind, search: Search): Promise<SurveyedKind> {
    const wires = (name: string): JsonObject[] =>
      this.#read.flatMap((one) => (one.kind.name === name ? one.items.map(({ wire }) => wire) : []))
    const [parentKind = ''] = referredKinds(kind.fields)
    const names = new Map(wires(parentKind).map((wire) => [textOf(wire['id']), textOf(wire['name'])]))
    const counts = (id: string): boolean => this.#where.parents.has(`${parentKind}\n${id}`)
    const likely = new Set(search.parents(wires).filter(counts))
    const others = search.unlikely === undefined ? [] : [...names.keys()].filter(counts)
    const unlikely = others.filter((id) => !likely.has(id))
    const isThorough = this.#where.isThorough?.(kind) === true
    const parents = isThorough ? [...likely, ...unlikely] : [...likely]
    const found = await Promise.all(
      parents.map(async (parent) => {
        const answer = await this.#get(search.path(parent, this.#reader.version), kind)
        const data = answer.ok && isObject(answer.body) ? (answer.body['data'] ?? null) : null
        return { parent, answer, items: isObject(data) ? search.found(parent, data) : undefined }
      })
    )
    const plain: SurveyedKind = { kind, items: [], problems: [] }
    if (!isThorough && unlikely.length > 0) {
      const passed = unlikely.map((id) => names.get(id) ?? id).toSorted()
      plain.passed = `${search.unlikely} ${firstOf(passed)}, where only \`--kind ${kind.name}\` looks`
    }
    // A connection that nothing reads from may well be out of order, which must not stop the others.
    const failed = found.flatMap(({ parent, answer }) =>
      answer.ok || (answer.failure.status !== undefined && !likely.has(parent)) ? [] : [answer.failure]
    )
    const broken = failed.find((failure) => !isRefusal(failure) && failure.status !== 404)
    if (broken) return { ...plain, ...unread(kind, broken, `looking for ${kindText(kind)}`) }
    const silent = found.filter(({ items }) => items === undefined)
    const items = found.flatMap(({ parent, items = [] }) =>
      items.map((wire) => ({ wire, partial: false, name: nameIn(kind, names.get(parent) ?? '', wire) }))
    )
    return silent.length === 0
      ? { ...plain, items }
      : { ...plain, items, refused: refusalOf(silent.map(({ parent }) => names.get(parent) ?? parent)) }
  }

  #get(path: string, kind: Kind): Promise<RequestResult> {
    let answer = this.#answers.get(path)
    if (!answer) this.#answers.set(path, (answer = this.#reader.get(path, {}, retrying(kind))))
    return answer
  }
}

function refusalOf(parents: readonly string[]): string {
  return `the service does not tell what people have set in ${firstOf(parents)}`
}

function firstOf(names: readonly string[]): string {
  const first = names.slice(0, 3).map((name) => JSON.stringify(name))
  return `${first.join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
}

/** Returns the name that files give a sub-resource: that of its parent, and its own. */
function nameIn(kind: Kind, parent: string, wire: JsonObject): string {
  const [, ...own] = nameKeys(kind)
  return [parent, ...own.map(() => decodeURIComponent(textOf(wire['id']).split('/').at(-1) ?? ''))].join(
    ' '
  )
}
