import type { Span } from '../../diagnostics/diagnostic.ts'
import { boundedJson } from '../../state/json-text.ts'
import type { LeftBehind } from '../../state/resource.ts'
import { misfit, type Shape } from '../../state/shape.ts'
import { isObject, type Json, type JsonObject } from '../../state/value.ts'
import type { GitAnswer } from './git.ts'

/** What applies left behind, as the text that git keeps. */

const format = 1

/** Returns the text of a list: the same list gives the same bytes. */
export function textOfLeft(left: readonly LeftBehind[]): string {
  const resources = left.map(({ kind, name, pin, id, revision, span, protectedAt }) => ({
    kind,
    name,
    pin,
    id,
    revision,
    declared: span,
    protected: protectedAt
  }))
  return `${JSON.stringify({ format, left: resources }, undefined, 2)}\n`
}

const position: Shape = {
  members: { line: 'scalar', column: 'scalar', offset: 'scalar' },
  needs: ['line', 'column', 'offset']
}
const place: Shape = {
  members: { path: 'text', start: position, end: position },
  needs: ['path', 'start', 'end']
}
const shape: Shape = {
  members: {
    format: 'scalar',
    left: {
      list: {
        members: {
          kind: 'text',
          name: 'text',
          pin: 'text',
          id: 'text',
          revision: 'text',
          declared: place,
          protected: place
        },
        needs: ['kind', 'name', 'revision', 'declared']
      }
    }
  },
  needs: ['format', 'left']
}

/** Reads it back. Whoever can push may have written anything. */
export function leftBehindIn(text: string): GitAnswer<LeftBehind[]> {
  const read = boundedJson(text)
  const value = read.ok ? read.value : undefined
  const isFitting =
    isObject(value) && value['format'] === format && misfit(shape, value, 'left') === undefined
  if (!isFitting) return { ok: false, reason: 'what it remembers as left behind cannot be understood' }
  const list = Array.isArray(value['left']) ? value['left'] : []
  return { ok: true, value: list.flatMap((one) => (isObject(one) ? [leftBehindOf(one)] : [])) }
}

function leftBehindOf(value: JsonObject): LeftBehind {
  const text = (name: string): string | undefined => textIn(value, name)
  const [pin, id] = [text('pin'), text('id')]
  return {
    kind: text('kind') ?? '',
    name: text('name') ?? '',
    ...(pin === undefined ? {} : { pin }),
    ...(id === undefined ? {} : { id }),
    revision: text('revision') ?? '',
    span: spanOf(value['declared']),
    ...(isObject(value['protected']) ? { protectedAt: spanOf(value['protected']) } : {})
  }
}

function spanOf(value: Json | undefined): Span {
  const { path, start, end } = isObject(value) ? value : {}
  const positionOf = (at: Json | undefined): Span['start'] => {
    const number = (name: string): number => {
      const found = isObject(at) ? Number(at[name]) : 1
      return Number.isSafeInteger(found) && found >= 0 ? found : 1
    }
    return { line: number('line'), column: number('column'), offset: number('offset') }
  }
  return { path: typeof path === 'string' ? path : '', start: positionOf(start), end: positionOf(end) }
}

function textIn(value: JsonObject, name: string): string | undefined {
  const text = value[name]
  return typeof text === 'string' ? text : undefined
}
