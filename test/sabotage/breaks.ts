/**
 * Ways to break what reconciles, and the tests that must notice each. A test that nothing can make fail says nothing: here is what
 * makes these fail. Each break is a mistake that somebody could make, in the one place where it would be made.
 */
export interface Break {
  /** What the program does wrong then. */
  what: string
  file: string
  /** A piece of the file that is there exactly once, and what stands there instead. */
  find: string
  replace: string
  /** All of these must fail. */
  noticedBy: readonly Noticing[]
}

/** A test by its own title, without those of the groups that it is in. */
export interface Noticing {
  file: string
  test: string
}

const by = (file: string, test: string): Noticing => ({ file: `test/${file}.test.ts`, test })
const simulated = (test: string): Noticing => by('simulation/nth-fault', test)
const transport = (test: string): Noticing => by('remote/transport', test)

const creating: Break[] = [
  {
    what: 'a create carries no key',
    file: 'src/remote/tries.ts',
    find: `...(keys ? { headers:`,
    replace: '...(keys === null ? { headers:',
    noticedBy: [
      transport('carries a key, and is not repeated blindly when nothing was answered'),
      by('rules/applying', 'R27: a create whose answer was lost is made once, under one key')
    ]
  },
  {
    what: 'a create that was answered with 500 is sent again, blindly',
    file: 'src/remote/tries.ts',
    find: 'if (creates || !passing.has(status))',
    replace: 'if (!passing.has(status))',
    noticedBy: [transport('is not repeated blindly after 500: whether it was done is not known')]
  },
  {
    what: 'a create that nobody answered is sent again under another key',
    file: 'src/remote/create.ts',
    find: 'if (!isLost) keys.renew()',
    replace: 'keys.renew()',
    noticedBy: [
      by('remote/create', 'that nobody answered is looked for, and then sent again under its own key'),
      by('rules/applying', 'R27: a create whose answer was lost is made once, under one key')
    ]
  },
  {
    what: 'nobody looks by name after a create whose outcome is unknown',
    file: 'src/remote/create.ts',
    find: 'const [wireFound] = there.found',
    replace: 'const [wireFound] = [] as JsonObject[]',
    noticedBy: [
      by(
        'apply/faults',
        'a create answered with 500 after it was done is found by name and not made again'
      ),
      simulated('error-after, at every request')
    ]
  },
  {
    what: 'one look at a list that may be stale is enough before a create is begun anew',
    file: 'src/remote/policy.ts',
    find: 'looksMs: [1000, 2000, 4000, 8000]',
    replace: 'looksMs: [1000]',
    noticedBy: [
      by(
        'apply/twins',
        'when it was answered with 503 after it was done, and no list shows it for some seconds'
      )
    ]
  },
  {
    what: 'a create that may still be under way is told as failed',
    file: 'src/remote/create.ts',
    find: 'return status === undefined || status < 400 || status === 409',
    replace: 'return false',
    noticedBy: [
      by('apply/twins', 'when a request that nobody answers is carried out after everybody gave up')
    ]
  },
  {
    what: 'an answer that may be a recorded one counts as a resource that is there',
    file: 'src/remote/create.ts',
    find: "Number.isNaN(age) ? 'undated'",
    replace: "Number.isNaN(age) ? 'new'",
    noticedBy: [
      by('apply/together', 'is made again: no recorded answer counts as one that is there'),
      by(
        'apply/together',
        'what needs them starts when they were looked at, and never with an id that is gone'
      )
    ]
  }
]

const reading: Break[] = [
  {
    what: 'only the first page of a list is read',
    file: 'src/remote/pages.ts',
    find: `return typeof token === 'string' && token !== '' ? token : undefined`,
    replace: 'return token === null ? token : undefined',
    noticedBy: [
      by('rules/matching', 'R3: lists are read to the end before anything is written, also with --only'),
      by('commands/requests', '120 syncs are three pages, and one request for each that is declared'),
      simulated('without faults everything is done in one run, and each world asks for what it says')
    ]
  },
  {
    what: 'what moves to the front of a list while it is read is missed',
    file: 'src/remote/pages.ts',
    find: 'if (count < 2 || isComplete()) return',
    replace: 'if (count > 0) return',
    noticedBy: [
      by('remote/observe', 'what moves to the front of a list while it is read is not missed'),
      by('apply/twins', 'when a sync on a later page is changed while the pages are read')
    ]
  },
  {
    what: 'the time that the service asks to wait is not waited',
    file: 'src/remote/gate.ts',
    find: `const after = headers.get('retry-after')`,
    replace: 'const after = null as string | null',
    noticedBy: [
      by('remote/gate', 'understands a pause in seconds'),
      transport('keeps everybody waiting for as long as the service names')
    ]
  },
  {
    what: 'a connection for reading can write',
    file: 'src/remote/transport.ts',
    find: 'const { send: _send, newKey: _newKey, now: _now, ...reader } = openWriter(options)',
    replace: 'const reader = openWriter(options)',
    noticedBy: [transport('a reader has no way to write')]
  },
  {
    what: 'the words of a refusal are told with the secrets that are in them',
    file: 'src/remote/transport.ts',
    find: '      words: toldOf(words, redaction),\n      refused: status',
    replace: '      words,\n      refused: status',
    noticedBy: [transport('no words of an error hold the key, or a secret that was sent')]
  },
  {
    what: 'masks are sent back in place of secrets',
    file: 'src/kinds/fields.ts',
    find: 'function isMask(value: Json): boolean {',
    replace: 'function isMask(value: Json): boolean {\n  if (value !== undefined) return false',
    noticedBy: [
      by('kinds/connection', 'R10: masks come back, of any length, and are neither compared nor sent')
    ]
  }
]

const planning: Break[] = [
  {
    what: 'what is made does not wait for what it names',
    file: 'src/plan/order.ts',
    find: ': (usesOf.get(addressText(change)) ?? [])',
    replace: ': []',
    noticedBy: [
      by('plan/decide', 'what is not there is made, after what it names'),
      by('laws/plan', 'what is made waits for what it names, and what is deleted waits for what used it'),
      simulated('without faults everything is done in one run, and each world asks for what it says')
    ]
  },
  {
    what: 'what is deleted does not wait for what used it',
    file: 'src/plan/order.ts',
    find: "change.action === 'delete' ? usersOf(change.id) :",
    replace: "change.action === 'delete' ? [] :",
    noticedBy: [
      by(
        'plan/decide',
        'R17: deletes come from `removed`, users before what they use, and are harmless once done'
      ),
      by('laws/plan', 'what is made waits for what it names, and what is deleted waits for what used it'),
      by('rules/deleting', 'R17: they are told first and done last, users before what they use')
    ]
  },
  {
    what: 'of two resources with one name, one is picked',
    file: 'src/state/pairing.ts',
    find: 'if (candidates.length > 1) this.result.ambiguous.push({ resource, name: resource.name',
    replace: 'if (candidates.length > 99) this.result.ambiguous.push({ resource, name: resource.name',
    noticedBy: [
      by('plan/match', 'R2: two live resources of a name are a stop that lists them'),
      by('laws/plan', 'a resource is ambiguous if and only if two candidates remain')
    ]
  },
  {
    what: 'prune deletes what was never declared',
    file: 'src/plan/deletions.ts',
    find: 'const { exclusive } = desired.workspace',
    replace:
      'const exclusive = { kinds: this.#input.live.kinds, span: desired.resources[0]!.span } as typeof desired.workspace.exclusive',
    noticedBy: [
      by('rules/deleting', 'R17: prune by revision deletes what was declared, and never what was not')
    ]
  },
  {
    what: 'what is of an exclusive kind is deleted without --prune',
    file: 'src/plan/deletions.ts',
    find: 'if (options.prune === true) removals.exclusive()',
    replace: 'removals.exclusive()',
    noticedBy: [
      by('rules/deleting', 'R17: of an exclusive kind what nobody declares is deleted, with --prune only')
    ]
  },
  {
    what: 'what was protected at the base is deleted once its block is gone',
    file: 'src/plan/deletions.ts',
    find: 'if (!before) return []',
    replace: 'if (before ?? true) return []',
    noticedBy: [by('rules/git', 'R14: prevent_destroy at the base still protects after its block is gone')]
  },
  {
    what: 'what is still used is deleted',
    file: 'src/plan/guard.ts',
    find: 'return [...broken(deletes, users, kinds, options), ',
    replace: 'return [',
    noticedBy: [
      by('plan/decide', 'R18: what something undeclared uses is not deleted'),
      by('laws/plan', 'a resource that something will use is never deleted'),
      by(
        'rules/deleting',
        'R18: a model that an undeclared sync uses is not pruned, though the service would allow it'
      )
    ]
  },
  {
    what: 'any number of things is deleted',
    file: 'src/plan/guard.ts',
    find: 'if (deletes.length <= limit) return []',
    replace: 'if (deletes.length <= limit + 1000) return []',
    noticedBy: [
      by('plan/decide', 'R19: more deletes than the limit are refused, with the number to pass'),
      by('rules/deleting', 'R19: an empty file is not a wish to delete everything')
    ]
  },
  {
    what: 'a saved plan that is stale is carried out',
    file: 'src/plan/saved.ts',
    find: 'if (found.length > 0 || saved.configuration === now.configuration) return found',
    replace: 'if (found.length >= 0) return []',
    noticedBy: [
      by('rules/plan', 'R23: what was made, taken away or renamed meanwhile is a refusal'),
      by(
        'rules/plan',
        'R23: other files, other variables, another key or version are refusals that say so'
      ),
      by('rules/screens', 'a saved plan that is stale')
    ]
  },
  {
    what: 'a saved plan may be edited',
    file: 'src/plan/saved-file.ts',
    find: 'if (seal !== hash(rest)) return',
    replace: 'if (seal === 0) return',
    noticedBy: [by('rules/plan', 'R23: a plan that is edited is refused in a sentence')]
  }
]

const applying: Break[] = [
  {
    what: 'what is written is said to be done, and not compared',
    file: 'src/apply/perform.ts',
    find: 'if (!isAsWanted(change, kind, back.wire, context))',
    replace: 'if (kept.length > 1000)',
    noticedBy: [
      by('rules/applying', 'R26: what the service kept otherwise is a failure that names the field'),
      by('apply/faults', 'what the service keeps otherwise is a failure that names the field')
    ]
  },
  {
    what: 'what somebody changed since the plan is overwritten',
    file: 'src/apply/moved.ts',
    find: 'return paths.length === 0 ? undefined : conflict(',
    replace: 'return paths.length >= 0 ? undefined : conflict(',
    noticedBy: [
      by('rules/screens', 'a conflict at the last moment, and what depends on it'),
      by('rules/deleting', 'R18: what the cascade reached and somebody changed meanwhile is not deleted'),
      simulated('somebody edits each thing, before each request')
    ]
  },
  {
    what: 'deletions are not done last',
    file: 'src/apply/carry-out.ts',
    find: `if (change.action === 'delete' && this.#buildsStill()) return 'wait'`,
    replace: '',
    noticedBy: [by('rules/deleting', 'R17: they are told first and done last, users before what they use')]
  },
  {
    what: 'what depends on a failure is not skipped',
    file: 'src/apply/carry-out.ts',
    find: 'if (lost)\n',
    replace: 'if (lost && this.#settled.size > 1000)\n',
    noticedBy: [
      by('rules/applying', 'R24: what depends on a failure is skipped, with the reason; the rest goes on'),
      by('apply/faults', 'skips what depends on it, with the reason, and nothing else')
    ]
  },
  {
    what: 'who wants to stop in the middle is not heard',
    file: 'src/apply/carry-out.ts',
    find: `this.stop('it was interrupted')`,
    replace: '',
    noticedBy: [
      by(
        'apply/carry-out',
        'R30: who stops it in the middle has what is under way finished, and nothing more started'
      )
    ]
  },
  {
    what: 'what ignore_changes leaves to the service is overwritten by an update',
    file: 'src/apply/perform.ts',
    find: 'const wanted = withIgnored(change.wanted, change.ignored, current, kind)',
    replace: 'const wanted = change.wanted',
    noticedBy: [
      by(
        'apply/faults',
        'leaves ignored fields as they are at that moment, not as they were when it was planned'
      )
    ]
  },
  {
    what: 'an update loses what no file states',
    file: 'src/apply/perform.ts',
    find: 'const body = await replacement(context.writer, kind, live.wire, {',
    replace: `const body = await replacement(context.writer, kind, { type: live.wire['type'] ?? null }, {`,
    noticedBy: [by('apply/faults', 'loses nothing that no file states')]
  }
]

/** Every break that must be noticed. */
export const breaks: readonly Break[] = [...creating, ...reading, ...planning, ...applying]
