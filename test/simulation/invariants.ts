import { kinds } from '../../src/kinds/index.ts'
import { derivedApi } from '../../src/kinds/kind.ts'
import { liveId } from '../../src/plan/details.ts'
import type { Change } from '../../src/plan/plan.ts'
import { renderEvent } from '../../src/render/report.ts'
import { addressText } from '../../src/state/resource.ts'
import { header, look } from '../render/builders.ts'
import { renderPlan, renderProblems, renderReport } from '../support/rendered.ts'
import { countOf, isOnlyWithoutGone, requestsFor } from './added-fields.ts'
import type { Case } from './case.ts'
import { differences } from './differences.ts'
import type { Exchange } from './network.ts'
import { below, changeFor, isNamed, isWrite, kindOf, writesOf } from './planned-writes.ts'
import type { Run } from './program.ts'
import { bytesId } from './service.ts'
import { planted } from './world.ts'

/** Laws that hold after every run, failed or not. Each answers with what breaks it, in words. */

type Law = (known: Case) => string[]

function attempted(run: Run): Change[] {
  return (run.plan?.changes ?? []).filter(
    (change) => change.action !== 'none' || change.waiting !== undefined
  )
}

const noTwins: Law = ({ scene, looks }) =>
  scene.world.declared.flatMap((one) => {
    const isOne = (other: { kind: string; name: string }): boolean =>
      other.kind === one.kind && isNamed(one.kind, other.name, one.name)
    const [before, now] = [scene.world.live.filter(isOne).length, looks.filter(isOne).length]
    return now > Math.max(1, before) ? [`${addressText(one)} is there ${now} times`] : []
  })

const order: Law = ({ run, calm, edited, recorded }) => {
  // What was made by hand and is gone may be more than the files know how to make.
  if (!calm || edited.deleted.size > 0) return []
  const refused = run.exchanges
    .filter((exchange) => exchange.status !== undefined && exchange.status >= 400 && !isSearch(exchange))
    .filter((exchange) => !isReplay(exchange, recorded))
  const strangers = run.exchanges.filter((exchange) => exchange.strangers.length > 0)
  return [
    ...refused.map(({ method, path, status }) => `${method} ${path} was answered with ${status}`),
    ...strangers.map(
      ({ method, path, strangers }) => `${method} ${path} names ${strangers.join(', ')}, which nothing has`
    )
  ]
}

function isReplay({ key }: Exchange, recorded: ReadonlySet<string>): boolean {
  return key !== undefined && recorded.has(key)
}

/** What is in no list is looked for where it must be: that it is not there is an answer like another. */
function isSearch({ method, path, status }: Exchange): boolean {
  const places = kinds.managed.filter(({ api }) => api.access === 'derived')
  return (
    method === 'GET' && status === 404 && places.some(({ name }) => below(name, path)?.includes('/', 1))
  )
}

const skips: Law = (known) => {
  const { run } = known
  const outcomes = new Map(
    (run.report?.settled ?? []).map(({ address, outcome }) => [addressText(address), outcome])
  )
  return attempted(run).flatMap((change) => {
    const own = outcomes.get(addressText(change))
    const lost = change.after.filter((need) =>
      ['failed', 'skipped'].includes(outcomes.get(need)?.outcome ?? '')
    )
    const writes = writesOf(run).filter((write) => changeFor(write, known)?.change === change)
    return [
      ...(own?.outcome === 'skipped' && writes.length > 0
        ? [`${addressText(change)} is said to be skipped, and was sent`]
        : []),
      ...(lost.length > 0 && writes.length > 0
        ? [`${addressText(change)} was sent, though it needs ${lost.join(', ')}`]
        : [])
    ]
  })
}

const handsOff: Law = ({ scene, run, looks }) => {
  const ours = new Set(
    (run.plan?.changes ?? []).flatMap((change) => {
      const id = change.action === 'none' ? undefined : liveId(change)
      return id === undefined ? [] : bytesId(change.kind, id)
    })
  )
  const others = new Set(run.outsideEdits.map(({ id }) => id))
  const touched = Array.from(run.before).filter(([id, bytes]) => run.after.get(id) !== bytes)
  const appeared = Array.from(run.after).filter(([id]) => !run.before.has(id))
  const isWanted = (id: string): boolean => {
    const there = looks.find((look) => bytesId(look.kind, look.id) === id)
    return scene.world.declared.some(
      ({ kind, name }) => there?.kind === kind && isNamed(kind, there.name, name)
    )
  }
  return [
    ...touched
      // What belongs to a thing goes with it.
      .filter(([id]) => [id, id.split('/')[0]!].every((one) => !ours.has(one) && !others.has(one)))
      .filter(([id, bytes]) => !isOnlyWithoutGone(bytes, run.after.get(id), run))
      .map(
        ([id, bytes]) =>
          `${id} is not ours, and was ${bytes.slice(0, 200)}, is ${run.after.get(id)?.slice(0, 200) ?? 'gone'}`
      ),
    ...appeared
      .filter(([id]) => !isWanted(id) && !others.has(id))
      .map(([, bytes]) => `nobody asked for ${bytes.slice(0, 200)}`)
  ]
}

/** Once, or once more after an answer that may be that of an earlier run, under the same key. */
function isSentOnce(change: Change, known: Case): boolean {
  const sent = writesOf(known.run).filter((write) => {
    const asked = changeFor(write, known)
    return asked?.change === change && asked.main
  })
  const anew = sent.filter((write) => !isReplay(write, known.recorded))
  // What depends on what is live may take several requests: each of them, and none twice.
  if (derivedApi(kindOf(change.kind))?.dependsOnLive) {
    const requests = new Set(anew.map(({ method, path }) => `${method} ${path}`))
    const expected = countOf(requestsFor(change, known))
    return expected > 0 && requests.size === expected && anew.length === expected
  }
  return anew.length === 1 || (anew.length === 0 && sent.length > 0)
}

const honestPlan: Law = (known) => {
  const { run, edited } = known
  // What was made and is gone by other hands is answered once more under its key, and is then made anew.
  const calm = known.calm && edited.deleted.size === 0
  const early = run.exchanges.slice(0, run.ended === 'refused' ? undefined : run.planning).filter(isWrite)
  const unplanned = writesOf(run).filter((write) => changeFor(write, known) === undefined)
  const unsent =
    calm && run.ended === 'finished' && run.events.length > 0
      ? attempted(run).filter((change) => change.action !== 'none' && !isSentOnce(change, known))
      : []
  return [
    ...early.map(({ method, path }) => `${method} ${path} was sent while planning`),
    ...unplanned.map(({ method, path }) => `${method} ${path} was sent, and is not in the plan`),
    ...unsent.map((change) => `${addressText(change)} was not sent exactly once, with nothing in its way`)
  ]
}

const honestReport: Law = ({ scene, run, looks, edited }) => {
  if (!run.report) return []
  const expected = attempted(run).map(addressText)
  const reported = run.report.settled.map(({ address }) => addressText(address))
  const settledEvents = run.events
    .filter((event) => event.type === 'settled')
    .map(({ address }) => addressText(address))
  const wrong = [
    ...(reported.join() === expected.join()
      ? []
      : [`the report is of ${reported.join(', ')}, the plan of ${expected.join(', ')}`]),
    ...(settledEvents.toSorted().join() === expected.toSorted().join()
      ? []
      : ['not every change ended in exactly one outcome']),
    ...(run.events[0]?.type === 'begin' && run.events.at(-1)?.type === 'end'
      ? []
      : ['the events do not begin and end as they should'])
  ]
  for (const { address, action, outcome } of run.report.settled) {
    if (outcome.outcome !== 'done' || edited.ids.has(outcome.id)) continue
    const there = looks.find(({ id, kind }) => id === outcome.id && kind === address.kind)
    if (action === 'delete') {
      // What is put back is as the service finds it by itself, which may be the same.
      const kind = kinds.managed.find(({ name }) => name === address.kind)
      const isPutBack = kind && derivedApi(kind)?.isAsDeclared
      if (there && !there.reset && !isPutBack)
        wrong.push(`${addressText(address)} is said to be deleted, and is there`)
      continue
    }
    const declared = scene.world.declared.find(
      (one) => one.kind === address.kind && one.name === address.name
    )
    if (declared && !there) wrong.push(`${addressText(address)} is said to be done, and is not there`)
    if (declared && there && edited.ids.size === 0) wrong.push(...differences(scene, declared, there))
  }
  return wrong
}

const noLeak: Law = ({ run }) => {
  const texts = new Map<string, string>()
  const reported: [string, string][] = [
    ['the plan', JSON.stringify(run.plan ?? null)],
    ['the events', JSON.stringify(run.events)],
    ['the problems', JSON.stringify(run.problems)],
    ['the traces', run.traces.join('\n')],
    ['the printed problems', renderProblems(run.problems, texts, look)],
    ['the printed events', run.events.map((event) => renderEvent(event, look) ?? '').join('\n')],
    ['the printed report', run.report ? renderReport(run.report, texts, look) : ''],
    ['the printed plan', run.plan ? renderPlan(run.plan, header, look, { verbose: true }) : '']
  ]
  const forms = [planted, encodeURIComponent(planted), Buffer.from(planted).toString('base64').slice(0, 9)]
  return reported
    .filter(([, text]) => forms.some((form) => text.includes(form)))
    .map(([what]) => `a secret is in ${what}`)
}

/** Who reads a thing, and finds that it is not as it was planned upon, writes nothing. */
const noOverwriting: Law = ({ scene, run }) =>
  run.outsideEdits.flatMap(({ kind: kindName, id, how, at, taken, fields }) => {
    if (how !== 'edit' || at < run.planning) return []
    const isIt = ({ path }: Exchange): boolean => below(kindName, path) === `/${id}`
    const all = run.exchanges.filter(isIt)
    // Sent later, a request may be taken earlier: what it saw is what was there then.
    const look = all.find(
      (exchange) => exchange.method === 'GET' && exchange.status === 200 && (exchange.taken ?? 0) >= taken
    )
    const write = all.find((exchange) => isWrite(exchange) && exchange.number > (look?.number ?? Infinity))
    // A write before has read the thing before: nobody can tell then.
    const isFirst = !writesOf(run).some((one) => isIt(one) && one.number < (look?.number ?? 0))
    const change = run.plan?.changes.find((one) => liveId(one) === id)
    if (!write || !change || !isFirst) return []
    const kind = kindOf(kindName)
    const declared = scene.world.declared.find((one) => one.kind === kindName && one.name === change.name)
    const isCompared = (field: string): boolean =>
      change.action === 'delete' ||
      kind.fields[field]?.class === 'owned' ||
      (kind.fields[field]?.rule.is !== 'stated' && field in (declared?.item ?? {}))
    // Of two edits of a switch the second takes the first back: then it is as it was planned upon.
    const isTakenBack = (field: string): boolean =>
      run.outsideEdits.filter(
        (other) => other.id === id && other.taken <= (look!.taken ?? 0) && other.fields.includes(field)
      ).length > 1
    const overwritten = fields.filter(
      (field) => field in kind.fields && isCompared(field) && !isTakenBack(field)
    )
    return overwritten.map(
      (field) => `${field} of ${addressText(change)} was changed by somebody, and overwritten`
    )
  })

/**
 * One request is tried six times at most, or as long as it is throttled; a create is begun three times, once more where a refusal may be
 * recorded, and looked for four times after each.
 */
const triesOfOne = 6
const roundsOfCreate = 4
const looksOfRound = 4
/** What belongs to a resource is read with it; before, after, and until what was asked for has come. */
const readsOfOne = 6
const looksAtOne = 10

const bounded: Law = ({ scene, run }) => {
  const { parallelism, pageSize } = scene.world
  const crowd = Math.max(0, ...run.exchanges.map(({ underWay }) => underWay))
  const changes = attempted(run).length
  const things = Math.max(run.before.size, run.after.size) + changes
  const pages = kinds.managed.length * (Math.ceil(things / pageSize) + 1)
  const planning = 1 + 2 * pages + things * readsOfOne
  const applying = changes * (roundsOfCreate * (1 + looksOfRound * pages) + looksAtOne * readsOfOne)
  const most = triesOfOne * (planning + applying)
  const posts = new Map<string, number>()
  for (const write of writesOf(run))
    if (write.method === 'POST') {
      const key = `${write.path} ${JSON.stringify(write.body ?? '')}`
      posts.set(key, (posts.get(key) ?? 0) + 1)
    }
  return [
    ...(crowd > parallelism ? [`${crowd} requests were under way at once, and ${parallelism} may be`] : []),
    ...(run.exchanges.length > most ? [`${run.exchanges.length} requests are more than ${most}`] : []),
    ...Array.from(posts)
      .filter(([, count]) => count > roundsOfCreate * triesOfOne)
      .map(([what, count]) => `POST ${what} was sent ${count} times`),
    ...(run.took > most * 90_000 ? [`it took ${run.took} ms`] : [])
  ]
}

/** All laws of one run. The first two are of several runs, and are judged where those are made. */
export const laws: Readonly<Record<string, Law>> = {
  '3 no twins: never two live objects for one address': noTwins,
  '4 order: without faults nothing is refused, and no request names what does not exist': order,
  '5 skips: nothing is sent for a change whose dependency failed': skips,
  '6 hands off: what is not ours is as it was, to the byte': handsOff,
  '7 honest plan: nothing is sent that was not planned, and everything when nothing failed': honestPlan,
  '8 honest report: one outcome for each change, and done is done': honestReport,
  '9 no leak: no secret is in anything that is told': noLeak,
  '10 bounded: tries, pages and requests under way have limits': bounded,
  '11 compare and set: what somebody changed since the plan is not overwritten': noOverwriting
}

export const converges = '1 converges: two more applies without faults, and nothing is left to do'
export const idempotent = '2 idempotent: one more apply sends no write at all'
