import { isObject, type Json, type JsonObject } from '../state/value.ts'
import type { Span } from '../diagnostics/diagnostic.ts'
import { locate, valueSpan, type MappingNode, type SourceText } from './source/index.ts'

/** A variable of the environment that holds a secret, and where it is named. */
export interface SecretVariable {
  variable: string
  span: Span
}

/** Somebody who is told, as the file names them. */
export type DeclaredReceiver = { name: string; span: Span } & (
  | { type: 'slack' | 'teams'; url: SecretVariable }
  | { type: 'webhook'; url: SecretVariable; secret: SecretVariable }
  | { type: 'email'; server: SecretVariable; from: string; to: string[] }
)

/** A time in which nobody is told anything. */
export interface DeclaredQuiet {
  from?: string
  to?: string
  days?: string[]
  timeZone: string
  span: Span
}

/** What `watch` in `polyctl.yaml` says; it was validated before. */
export interface DeclaredWatch {
  findings?: string[]
  /** Conditions on the last runs of syncs, as they are written. */
  failOn: { text: string; span: Span }[]
  remind?: string
  quiet: DeclaredQuiet[]
  receivers: DeclaredReceiver[]
}

/** Reads `watch` of a `polyctl.yaml`. */
export function watchingOf(value: Json, source: SourceText, root: MappingNode): DeclaredWatch {
  const watch = isObject(value) ? value : {}
  const notify = objectIn(watch, 'notify')
  const spanAt = (...path: (string | number)[]): Span => valueSpan(source, locate(root, ['watch', ...path]))
  const each = (section: string): [item: JsonObject, at: (key: string) => SecretVariable, own: Named][] =>
    listIn(notify, section).map((item, index) => {
      const at = (key: string): SecretVariable => ({
        variable: /^\$\{env:(\w+)\}$/.exec(textIn(item, key) ?? '')?.[1] ?? '',
        span: spanAt('notify', section, index, key)
      })
      const name = textIn(item, 'name') ?? `${section}-${index + 1}`
      return [item, at, { name, span: spanAt('notify', section, index) }]
    })
  const remind = textIn(watch, 'remind')
  const findings = textsIn(watch, 'findings')
  return {
    ...(findings.length > 0 && { findings }),
    failOn: textsIn(watch, 'fail_on').map((text, index) => ({ text, span: spanAt('fail_on', index) })),
    ...(remind !== undefined && { remind }),
    quiet: listIn(watch, 'quiet').map((item, index) => quietOf(item, spanAt('quiet', index))),
    receivers: [
      ...each('slack').map(([, at, own]) => ({ ...own, type: 'slack' as const, url: at('url') })),
      ...each('teams').map(([, at, own]) => ({ ...own, type: 'teams' as const, url: at('url') })),
      ...each('webhooks').map(([, at, own]) => ({
        ...own,
        type: 'webhook' as const,
        url: at('url'),
        secret: at('secret')
      })),
      ...each('email').map(([item, at, own]) => ({
        ...own,
        type: 'email' as const,
        server: at('server'),
        from: textIn(item, 'from') ?? '',
        to: textsIn(item, 'to')
      }))
    ]
  }
}

interface Named {
  name: string
  span: Span
}

function quietOf(item: JsonObject, span: Span): DeclaredQuiet {
  const [from, to] = [textIn(item, 'from'), textIn(item, 'to')]
  const days = textsIn(item, 'days')
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(days.length > 0 && { days }),
    timeZone: textIn(item, 'time_zone') ?? 'UTC',
    span
  }
}

function objectIn(value: JsonObject, key: string): JsonObject {
  const found = value[key] ?? null
  return isObject(found) ? found : {}
}

function listIn(value: JsonObject, key: string): JsonObject[] {
  const found = value[key]
  return Array.isArray(found) ? found.flatMap((item) => (isObject(item) ? [item] : [])) : []
}

function textIn(value: JsonObject, key: string): string | undefined {
  const found = value[key]
  return typeof found === 'string' ? found : undefined
}

function textsIn(value: JsonObject, key: string): string[] {
  const found = value[key]
  return Array.isArray(found) ? found.flatMap((one) => (typeof one === 'string' ? [one] : [])) : []
}
