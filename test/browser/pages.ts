import type { Change, Plan } from '../../src/plan/plan.ts'
import type { Flows } from '../../src/plan/flows.ts'
import { flowsOf } from '../../src/plan/flows.ts'
import { kinds } from '../../src/kinds/index.ts'
import { added, at, change, changed, plan, removed } from '../render/builders.ts'
import * as situation from '../render/situations.ts'

/** Names as nobody would choose them, except to break a page. */
export const hostileNames = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"quotes" and \'others\' `back`',
  '\u202Eright to left \u05E9\u05DC\u05D5\u05DD',
  'עברית ו-English',
  '👩‍👩‍👧 emoji 🎉',
  '</title></style></script><h1>out</h1>',
  '&lt;b&gt; &amp; &nbsp;',
  'javascript:alert(1)',
  `long ${'x'.repeat(10_000)}`,
  'blanks   and\ttabs\nand lines',
  '\uD800 lone surrogate'
]

export const flows: Flows = flowsOf(kinds)
export const kindNames = kinds.managed.map(({ name }) => name)

/** A plan of 300 changes of all sorts, with hostile names among them. */
export function large(): Plan {
  const name = (index: number): string =>
    index < hostileNames.length ? hostileNames[index]! : `Contacts of region ${index}`
  const model = (index: number) => ({ $ref: 'model', name: `Model ${index % 20}` })
  const target = (index: number) => ({
    connection: { $ref: 'connection', name: 'Salesforce' },
    object: `Object${index % 6}`
  })
  const changes = Array.from({ length: 260 }, (_, index): Change => {
    const wanted = {
      identity: { source: { model: model(index), field: 'email' } },
      target: target(index),
      ...(index % 9 === 1
        ? { schedule: { run_after: { syncs: [{ $ref: 'sync', name: name(index - 1) }] } } }
        : {})
    }
    const isNew = index % 3 !== 0
    return change({
      action: isNew ? 'create' : 'update',
      kind: 'sync',
      name: name(index),
      wanted,
      span: at(`configs/region-${index % 7}.yaml`, 10 + index, 11),
      reason: isNew ? 'the service has no such sync' : 'the files and the service differ',
      fields: isNew
        ? [
            added(['mode'], 'create', { line: 11 + index }),
            added(['target', 'object'], name(index), { line: 12 + index }),
            added(['fields', `[${name(index)}]`, 'source'], name(index), { line: 13 + index })
          ]
        : [
            changed(['mode'], 'create', 'updateOrCreate', { line: 11 + index }),
            changed(['schedule', 'frequency'], 'manual', name(index), { line: 12 + index }),
            removed(['filters', `[${name(index)}]`], name(index), { line: 13 + index })
          ],
      impacts:
        index % 10 === 0
          ? [
              {
                effect: 'writes everything again',
                because: `the other object has none of ${name(index)}`,
                paths: [['target']],
                reaches: []
              }
            ]
          : []
    })
  })
  const models = Array.from({ length: 20 }, (_, index) =>
    change({
      action: index < 10 ? 'update' : 'create',
      kind: 'model',
      name: `Model ${index}`,
      wanted: { connection: { $ref: 'connection', name: 'Warehouse' } },
      reason: 'the files and the service differ',
      fields: situation.sqlUpdate.action === 'update' ? situation.sqlUpdate.fields : []
    })
  )
  const deletions = Array.from({ length: 20 }, (_, index) =>
    change({ action: 'delete', kind: 'sync', name: `Old sync ${index}`, reason: '`removed` asks for it' })
  )
  const connections = ['Warehouse', 'Salesforce'].map((own, index) =>
    change({
      action: 'none',
      kind: 'connection',
      name: own,
      ...(index === 1 ? { waiting: 'nobody has authorized it yet' } : {})
    })
  )
  return plan([...changes, ...models, ...deletions, ...connections])
}
