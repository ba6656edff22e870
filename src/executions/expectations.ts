import { isObject, sortedText, type Json, type JsonObject } from '../state/value.ts'
import { canonicalRecord } from '../state/written-value.ts'
import type { RehearsalCase, RehearsedRecord } from '../wire/rehearsal.ts'

/** Tests of a sync: what is written down, and how it is compared with what came of it. */

/** A test, as the files have it. */
export interface SyncTest extends RehearsalCase {
  name: string
  /** Undefined where nothing is written down yet. */
  expected: RehearsedRecord[] | undefined
}

const operations = ['create', 'update', 'remove', 'skip', 'refuse'] as const

/** Reads the tests of a sync; their shape was checked. */
export function testsOf(tests: Json | undefined): SyncTest[] {
  return mappings(tests).map(({ name, rows, records, expect }) => ({
    name: typeof name === 'string' ? name : '',
    rows: mappings(rows).map(canonicalRecord),
    records: mappings(records).map(canonicalRecord),
    expected: Array.isArray(expect) ? mappings(expect).flatMap(expectationOf) : undefined
  }))
}

function mappings(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function expectationOf(one: JsonObject): RehearsedRecord[] {
  return operations.flatMap((operation): RehearsedRecord[] => {
    const fields = one[operation]
    if (!isObject(fields)) return []
    const { because } = one
    return [{ operation, fields: canonicalRecord(fields), ...(typeof because === 'string' && { because }) }]
  })
}

/** What was expected and did not come, and what came and was not expected. */
export interface Deviation {
  missing: RehearsedRecord[]
  unexpected: RehearsedRecord[]
}

/**
 * Compares without regard to order. What is skipped counts where a skip is expected, and a reason where one
 * is.
 */
export function differenceOf(
  expected: readonly RehearsedRecord[],
  done: readonly RehearsedRecord[]
): Deviation {
  const left = compared(expected, done)
  const missing = expected.filter((one) => {
    const at = left.findIndex((other) => fits(one, other))
    if (at < 0) return true
    left.splice(at, 1)
    return false
  })
  return { missing, unexpected: left }
}

function compared(
  expected: readonly RehearsedRecord[],
  done: readonly RehearsedRecord[]
): RehearsedRecord[] {
  const withSkips = expected.some(({ operation }) => operation === 'skip')
  return done.filter(({ operation }) => withSkips || operation !== 'skip')
}

function fits(expected: RehearsedRecord, done: RehearsedRecord): boolean {
  return (
    expected.operation === done.operation &&
    (expected.because === undefined || expected.because === done.because) &&
    sortedText(expected.fields) === sortedText(done.fields)
  )
}

/** An expectation as it is to be written down; `at` is the place of the one that it stands in for. */
export interface WrittenExpectation {
  at?: number
  value: JsonObject
}

/**
 * Returns what to write down in place of what was expected: what fits stays, what differs of an operation
 * takes the place of another of it, and the rest follows.
 */
export function writtenExpectations(
  expected: readonly RehearsedRecord[] | undefined,
  done: readonly RehearsedRecord[]
): WrittenExpectation[] {
  if (expected === undefined) return done.map((one) => ({ value: valueOf(one) }))
  const { missing, unexpected } = differenceOf(expected, done)
  const left = [...unexpected]
  const kept = expected.flatMap((one, at): WrittenExpectation[] => {
    if (!missing.includes(one)) return [{ at, value: valueOf(one) }]
    const next = left.findIndex(({ operation }) => operation === one.operation)
    const [instead] = next < 0 ? [] : left.splice(next, 1)
    return instead === undefined ? [] : [{ at, value: valueOf(instead) }]
  })
  return [...kept, ...left.map((one) => ({ value: valueOf(one) }))]
}

function valueOf({ operation, fields, because }: RehearsedRecord): JsonObject {
  return { [operation]: fields, ...(because === undefined ? {} : { because }) }
}

/** A record on one line. */
export function recordText({ operation, fields, because }: RehearsedRecord): string {
  const reason = because === undefined ? '' : ` (${because})`
  return `${operation} ${JSON.stringify(fields)}${reason}`
}
