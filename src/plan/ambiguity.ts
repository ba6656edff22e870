import { problem, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { Address, Live } from '../state/resource.ts'
import type { UserCount } from './users.ts'

/** What needs the choice: a declared resource, a reference to it, or a deletion that is asked for. */
export type Chooser = 'declaration' | 'reference' | 'removal'

/** A live resource that a name may mean, with what tells it from the others. */
interface Candidate {
  live: Live
  usedBy: UserCount
  /** A sentence that says why the files describe this candidate. Absent where they do not. */
  fits?: string | undefined
}

/**
 * Returns the problem of a name that several live resources have. It lists what is known of each one, and
 * suggests one only where the files say more than the name. The help fits what needs the choice.
 */
export function ambiguousName(
  { kind, name, span }: Address & { span: Span },
  chooser: Chooser,
  candidates: readonly Candidate[]
): Diagnostic {
  const sorted = candidates.toSorted((a, b) => (a.live.id < b.live.id ? -1 : 1))
  return problem(
    'P401',
    `${kind.replaceAll('_', ' ')} \`${name}\` matches ${candidates.length} live resources`,
    {
      labels: [{ span, text: `which of the ${candidates.length} is this?` }],
      notes: [
        ...sorted.map((one) => `live: ${one.live.id}${factsOf(one).join('')}`),
        'names are not unique in the service, so a name alone cannot choose'
      ],
      help: helpFor(chooser, sorted)
    }
  )
}

function factsOf({ live, usedBy, fits }: Candidate): string[] {
  const { createdAt, changed, readOnly } = live
  return [
    ...(readOnly?.nameOnly === true ? ['  built in'] : []),
    ...(createdAt === undefined ? [] : [`  created ${createdAt.slice(0, 19).replace('T', ' ')}`]),
    ...(changed.by === undefined ? [] : [`  last changed by ${changed.by}`]),
    ...usersText(usedBy),
    ...(fits === undefined ? [] : [`  ${fits}`])
  ]
}

function usersText({ found, isComplete }: UserCount): string[] {
  if (isComplete) return [`  used by ${found}`]
  return found === 0 ? [] : [`  used by at least ${found}`]
}

function helpFor(chooser: Chooser, candidates: readonly Candidate[]): string[] {
  const own = candidates.filter(({ live }) => live.readOnly?.nameOnly !== true)
  const builtIn = candidates.length - own.length
  const fitting = candidates.find(({ fits }) => fits !== undefined)
  const id = (fitting ?? own[0] ?? candidates[0])!.live.id
  const rename = 'rename one of them in the service'
  if (chooser === 'reference')
    return [`write the id of the one that is meant, such as \`${id}\`, or ${rename}`]
  if (own.length === 0) return ['what is built in cannot be declared or removed: use another name']
  if (chooser === 'removal')
    return [`list the id of the one that is to go under \`removed:\`, such as \`${id}\``]
  const isOnly = fitting !== undefined || own.length === 1
  const pin = isOnly ? `if it is this one, pin it with \`id: ${id}\`` : `pin one with \`id: ${id}\``
  return [
    `${pin}, or ${builtIn > 0 ? 'use another name: what is built in cannot be declared' : rename}`,
    'to delete one, list its id under `removed:`'
  ]
}
