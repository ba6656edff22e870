import { problem, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { testsOf, type SyncTest } from '../executions/expectations.ts'
import { kinds } from '../kinds/index.ts'
import { addressText, type Desired, type Path } from '../state/resource.ts'
import { textOf, type Json, type JsonObject, type Reference } from '../state/value.ts'
import { defaultApiVersion } from '../wire/common.ts'
import type { Rehearsal, RehearsedRecord } from '../wire/rehearsal.ts'

/** Tests of one sync, and what came of each. */
export interface TestedSync {
  resource: Desired
  tests: { test: SyncTest; done: RehearsedRecord[] }[]
}

/** Tries a sync with the rows of its tests. Problems say what is wrong with the sync or its tests. */
export async function tested(
  sync: Desired,
  resources: readonly Desired[],
  now: () => Date
): Promise<{ tested?: TestedSync; problems: Diagnostic[] }> {
  const kind = kinds.managed.find(({ name }) => name === sync.kind)
  const tests = testsOf(sync.own?.tests)
  const named = kind?.executions?.rehearsable?.(sync.fields) ?? {
    ok: false as const,
    because: `a ${sync.kind.replaceAll('_', ' ')} cannot be tried with given rows`
  }
  if (kind === undefined || !named.ok)
    return { problems: [untestable(sync, named.ok ? '' : named.because)] }
  const { from, to } = named
  const declared = declaredAs(from, resources)
  const target = declaredAs(to, resources)
  const body = kind.toWire(named.fields, {
    version: defaultApiVersion,
    id: ({ $ref }) => ($ref === from.$ref ? 'from' : 'to'),
    creating: true
  })
  const { rehearse } = await import('../server/rehearsal.ts')
  const rehearsal = await rehearse(
    {
      body: { ...body, name: sync.name },
      from: {
        id: 'from',
        name: from.name ?? '',
        ...(typeof declared?.fields.identifier === 'string' && { identifier: declared.fields.identifier }),
        tracking: textsIn(declared?.fields.tracking_columns)
      },
      to: {
        id: 'to',
        name: to.name ?? '',
        type: textOf(target?.fields.type ?? 'postgresql')
      },
      cases: tests
    },
    now
  )
  if (!rehearsal.ok) return { problems: [untestable(sync, rehearsal.message)] }
  const problems = tests.flatMap((test, index) =>
    strangers(sync, { test, index }, rehearsal, textsIn(declared?.fields.fields))
  )
  return {
    problems,
    tested: {
      resource: sync,
      tests: tests.map((test, index) => ({ test, done: rehearsal.cases[index] ?? [] }))
    }
  }
}

function declaredAs({ $ref, name, id }: Reference, resources: readonly Desired[]): Desired | undefined {
  return resources.find(
    (one) => one.kind === $ref && (name === undefined ? one.id === id : one.name === name)
  )
}

function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

/** Fields that a test names and the sync does not have: most likely misspelt, and never without effect. */
function strangers(
  sync: Desired,
  { test, index }: { test: SyncTest; index: number },
  { reads, writes }: Extract<Rehearsal, { ok: true }>,
  modelFields: readonly string[]
): Diagnostic[] {
  const rows = [...new Set([...reads, ...reads.map((name) => name.split('.', 1)[0] ?? ''), ...modelFields])]
  const at = (...path: Path): Path => ['tests', index, ...path]
  const unknown = (records: readonly JsonObject[], known: readonly string[], place: Path, of: string) =>
    records.flatMap((record, position) =>
      Object.keys(record)
        .filter((name) => !known.includes(name))
        .map((name) => stranger(sync.spanAt([...place, position, name]), { name, known, of }))
    )
  const expected = (test.expected ?? []).map(({ fields }) => fields)
  return [
    ...unknown(test.rows, rows, at('rows'), ofModel),
    ...unknown(test.records, writes, at('records'), ofTarget),
    ...expected.flatMap((fields, position) =>
      Object.keys(fields)
        .filter((name) => !writes.includes(name))
        .map((name) => {
          const operation = test.expected?.[position]?.operation ?? ''
          const span = sync.spanAt(at('expect', position, operation, name))
          return stranger(span, { name, known: writes, of: ofTarget })
        })
    )
  ]
}

const ofModel = 'which the model does not have, or the sync does not read'
const ofTarget = 'which the sync neither writes nor finds records by'

function stranger(
  span: Span,
  { name, known, of }: { name: string; known: readonly string[]; of: string }
): Diagnostic {
  return problem('P812', `the test names the field \`${name}\`, ${of}`, {
    labels: [{ span, text: 'no field has this name' }],
    notes: [`there is: ${known.join(', ')}`],
    help: similarNames(name, known).map((near) => `a field with a similar name exists: \`${near}\``)
  })
}

function untestable(sync: Desired, because: string): Diagnostic {
  return problem('P811', `${addressText(sync)} cannot be tested: ${because}`, {
    labels: [{ span: sync.span, text: 'this sync has tests' }]
  })
}
