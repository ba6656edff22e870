import { detailsOf } from '../../src/plan/details.ts'
import { stringify } from 'yaml'
import { addressText } from '../../src/state/resource.ts'
import type { Run } from './program.ts'
import type { Scene } from './scene.ts'
import { environmentOf, filesOf } from './world.ts'

/** Everything that it takes to understand a failure: what broke, in which world, what happened, and how to see it again. */
export function storyOf(
  law: string,
  wrong: readonly string[],
  scene: Scene,
  runs: readonly Run[],
  again: string
): string {
  const { world } = scene
  const files = Object.entries(filesOf(world, (was) => scene.ids[was]))
  return [
    `law ${law}`,
    ...wrong.map((line) => `  ${line}`),
    '',
    `seed ${world.seed}, ${world.operation}, API ${world.version} in its ${world.shape} shape, ${world.parallelism} at once, pages of ${world.pageSize}`,
    '',
    '--- live at first',
    ...world.live.map(
      (thing, place) => `${addressText(thing)} ${scene.ids[place]}\n${indented(stringify(thing.item))}`
    ),
    ...files.map(([path, text]) => `--- ${path}\n${text}`),
    `--- environment: ${Object.keys(environmentOf(world)).join(', ')}`,
    ...runs.flatMap((run, index) => ['', `--- run ${index + 1} ${run.ended}`, ...linesOf(run)]),
    '',
    `again: ${again}`
  ].join('\n')
}

function linesOf(run: Run): string[] {
  const began = run.exchanges[0]?.at ?? 0
  return [
    ...run.faults.server.map((fault) => `fault ${JSON.stringify(fault)}`),
    ...run.faults.way.map((incident) => `fault ${JSON.stringify(incident)}`),
    ...run.problems.map(
      (problem) => `problem ${problem.code} ${problem.message} ${problem.notes.join('; ')}`
    ),
    ...(run.plan?.changes ?? []).map(
      (change) =>
        `planned ${change.action} ${addressText(change)}${change.after.length > 0 ? ` after ${change.after.join(', ')}` : ''} ${detailsOf(
          change
        )
          .fields.map(
            ({ how, path, before, after }) =>
              `${how} ${path.join('.')} ${JSON.stringify(before)} → ${JSON.stringify(after)}`
          )
          .join('; ')}`
    ),
    ...run.exchanges.map(
      ({ number, at, method, path, query, status, body }) =>
        `${number === run.planning ? '(applying)\n' : ''}${String(number).padStart(3)} +${at - began} ms ${method} ${path}${query} ${status ?? 'no answer'}${method === 'GET' ? '' : ` ${JSON.stringify(body)}`}`
    ),
    ...run.outsideEdits.map(({ kind, id, how }) => `somebody: ${how} ${kind} ${id}`),
    ...run.events.flatMap((event) =>
      event.type === 'settled'
        ? [`settled ${event.action} ${addressText(event.address)}: ${JSON.stringify(event.outcome)}`]
        : []
    )
  ]
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '  ')
}
