import {
  inOrder,
  problem,
  warning,
  type Diagnostic,
  type Label,
  type Span
} from '../../diagnostics/diagnostic.ts'
import { SimilarNames } from '../../diagnostics/similar.ts'
import type { LookupFailure } from './lookup.ts'
import { isVariableName, type Malformed } from './template.ts'
import type { Variable } from './variable.ts'

interface FailureUses {
  failure: LookupFailure
  spans: Span[]
}

interface SourceUses {
  /** Uses of the source as a secret, and uses at places where the value is shown. */
  secret: Span[]
  open: Span[]
}

/** Collects problems of placeholders, so that one cause is reported once with all of its places. */
export class PlaceholderProblems {
  readonly #failures = new Map<string, FailureUses>()
  readonly #uses = new Map<string, SourceUses>()
  readonly #undeclared = new Set<string>()
  readonly #problems: Diagnostic[] = []

  /** Records a placeholder by the sources that were looked at for it. */
  recordUse(sources: readonly string[], span: Span, secret: boolean): void {
    for (const source of sources) {
      const uses = this.#uses.get(source) ?? { secret: [], open: [] }
      this.#uses.set(source, uses)
      uses[secret ? 'secret' : 'open'].push(span)
    }
  }

  recordFailure(failure: LookupFailure, span: Span): void {
    const key = `${failure.code} ${failure.name} ${failure.code === 'P309' ? '' : failure.reason}`
    const uses = this.#failures.get(key) ?? { failure, spans: [] }
    this.#failures.set(key, uses)
    uses.spans.push(span)
  }

  /** Reports a malformed placeholder without quoting it: it may be a part of a secret. */
  malformed(part: Malformed, span: Span): void {
    this.#problems.push(
      problem('P309', 'a placeholder is not well formed', {
        labels: [{ span, text: part.why }],
        notes: [
          'text that needs `${` for itself, for another tool, is written with one more dollar sign: `$${`'
        ],
        help: part.help
      })
    )
  }

  /** Warns of a variable that has a value in the environment, but no declaration. */
  undeclared(name: string, span: Span): void {
    if (this.#undeclared.has(name)) return
    this.#undeclared.add(name)
    this.#problems.push(
      warning('P305', `variable \`${name}\` has a value but is not declared`, {
        labels: [{ span, text: 'no `variables` section declares it' }],
        help: [`declare it: \`variables: { ${name}: {} }\``]
      })
    )
  }

  add(...problems: Diagnostic[]): void {
    this.#problems.push(...problems)
  }

  /** Returns true for a source that is used both as a secret and at a place where its value is shown. */
  isMixed(source: string): boolean {
    const uses = this.#uses.get(source)
    return uses !== undefined && uses.secret.length > 0 && uses.open.length > 0
  }

  all(variables: ReadonlyMap<string, Variable>): Diagnostic[] {
    const similar = new SimilarNames(() => declaredNames(variables))
    const failures = [...this.#failures.values()].map((uses) => failureProblem(uses, variables, similar))
    const mixed = [...this.#uses].flatMap(([source, uses]) => mixedProblems(source, uses))
    return [...this.#problems, ...failures, ...mixed, ...this.#variableWarnings(variables, similar)]
  }

  /**
   * Warns of unused variables. A variable whose name is similar to that of an undeclared one in a
   * placeholder is left out: the misspelling was reported already.
   */
  #variableWarnings(variables: ReadonlyMap<string, Variable>, similar: SimilarNames): Diagnostic[] {
    const problems: Diagnostic[] = []
    const wanted = [...this.#failures.values()].filter(({ failure }) => failure.code === 'P305')
    const meant = new Set(wanted.flatMap(({ failure }) => similar.of(failure.name)))
    for (const { name, declared } of variables.values()) {
      const isUsed = this.#uses.has(`var ${name}`) || meant.has(name) || !isVariableName(name)
      if (!declared || isUsed) continue
      problems.push(
        warning('P306', `variable \`${name}\` is not used`, {
          labels: [{ span: declared, text: 'nothing names this variable' }],
          help: [`write \`\${var:${name}}\` where its value belongs, or remove it`]
        })
      )
    }
    return problems
  }
}

function mixedProblems(source: string, { secret, open }: SourceUses): Diagnostic[] {
  const [first] = secret
  if (!first) return []
  return open.map((span) =>
    problem('P308', `${nounOf(source)} is a secret elsewhere, and would be seen here`, {
      labels: [
        { span, text: 'this field is shown in plans and in the service' },
        { span: first, text: 'this field is a secret' }
      ],
      help: ['use another source here, or none']
    })
  )
}

function nounOf(source: string): string {
  const [origin, ...rest] = source.split(' ')
  const name = `\`${rest.join(' ')}\``
  return origin === 'env'
    ? `environment variable ${name}`
    : origin === 'var'
      ? `variable ${name}`
      : `file ${name}`
}

function failureProblem(
  { failure, spans }: FailureUses,
  variables: ReadonlyMap<string, Variable>,
  similar: SimilarNames
): Diagnostic {
  const labels = placeLabels(failure, spans, variables)
  return problem(failure.code, messageFor(failure), {
    labels,
    notes: otherPlaces(spans),
    help: helpFor[failure.code](failure.name, similar)
  })
}

function placeLabels(
  failure: LookupFailure,
  spans: readonly Span[],
  variables: ReadonlyMap<string, Variable>
): Label[] {
  const [first] = inPlaceOrder(spans)
  const labels: Label[] = first ? [{ span: first, text: 'needed here' }] : []
  const declared = ['P304', 'P102', 'P625'].includes(failure.code)
    ? variables.get(failure.name)?.declared
    : undefined
  if (declared) labels.push({ span: declared, text: 'declared here' })
  return labels
}

function otherPlaces(spans: readonly Span[]): string[] {
  const others = inPlaceOrder(spans).slice(1)
  if (others.length === 0) return []
  const shown = others.slice(0, 20).map((span) => `${span.path}:${span.start.line}:${span.start.column}`)
  const more = others.length > shown.length ? `, and ${others.length - shown.length} more` : ''
  const count = others.length === 1 ? '1 more place needs it' : `${others.length} more places need it`
  return [`${count}: ${shown.join(', ')}${more}`]
}

function inPlaceOrder(spans: readonly Span[]): Span[] {
  return inOrder(spans.map((span) => warning('P301', '', { labels: [{ span, text: '' }] }))).flatMap(
    ({ labels }) => labels[0]?.span ?? []
  )
}

function messageFor({ code, name, reason }: LookupFailure): string {
  if (code === 'P301') return `environment variable \`${name}\` is not set`
  if (code === 'P302') return `environment variable \`${name}\` is set but empty`
  return reason
}

type Help = (name: string, similar: SimilarNames) => string[]

const helpFor: Readonly<Record<LookupFailure['code'], Help>> = {
  P301: (name) => [
    `export ${name}=…, or pass --env-file FILE`,
    `write \`\${env:${name}:-fallback}\` if it may be absent`
  ],
  P302: (name) => [`give it a value, or write \`\${env:${name}:-}\` if nothing is meant`],
  P303: () => ['the path of a file is relative to the file that names it'],
  P304: (name) => [`pass --var ${name}=…, set POLYCTL_VAR_${name}, or give it a \`default\``],
  P305: (name, similar) => {
    const near = similar.of(name)
    if (near.length === 0) return [`declare it: \`variables: { ${name}: { default: … } }\``]
    return near.map((other) => `a variable with a similar name is declared: \`${other}\``)
  },
  P309: () => ['`default` takes text, `${env:NAME}` and `${file:path}`'],
  P102: () => [],
  P625: () => ['give what is needed here a variable of its own, with a value that is not a key of polyctl']
}

function declaredNames(variables: ReadonlyMap<string, Variable>): string[] {
  return [...variables.values()].filter(({ declared }) => declared).map(({ name }) => name)
}
