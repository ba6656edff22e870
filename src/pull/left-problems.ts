import type { Lock } from '../config/edit/index.ts'
import { problem, warning, type Details, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { FieldChange } from '../plan/plan.ts'
import { pathText } from '../plan/path-node.ts'
import { asShown } from '../plan/wording.ts'
import { addressText } from '../state/resource.ts'
import { isObject, isReference, isSecret, type Json } from '../state/value.ts'
import type { ImportedVariable } from '../import/index.ts'
import type { Left, NotAdded } from './input.ts'

/** Tells what differs and stays in the files: what the service has, where that is written, what to do. */
export function leftProblem({ resource, reason, field: difference }: Left): Diagnostic {
  const field = difference && asShown(difference)
  const name = addressText(resource)
  if (reason.is === 'missing')
    return warning('P705', `${name} is declared, and the service does not have it`, {
      labels: [{ span: resource.span, text: 'declared here' }],
      help: [`${makingOf(resource)}\`polyctl pull --since REVISION --remove-missing\` removes the block`]
    })
  const span = field?.span ?? resource.span
  const what = field ? `\`${pathText(field.path)}\` of ${name}` : `the name of ${name}`
  const notes = field ? notesOf(field) : []
  if (reason.is === 'conflict' && field) return conflict(what, field, span)
  if (reason.is === 'lock') return locked(what, reason.lock, { notes }, span)
  if (reason.is === 'secret')
    return warning('P704', `${what} is a secret, and is not taken over`, {
      labels: [{ span, text: 'the secret of this stays as it is' }],
      help: ['set what the file names for it']
    })
  return warning('P703', `${what} differs in the service, and is left as it is`, {
    labels: [
      { span, text: reason.is === 'check' ? 'a patch here would say something else, too' : 'this stays' }
    ],
    notes,
    help: ['change it by hand, and see with `polyctl plan` whether nothing differs any more']
  })
}

/** Apply makes nothing for an id, and of several of one name each needs its own. */
function makingOf({ id, pin }: Left['resource']): string {
  if (pin !== undefined) return ''
  return id === undefined ? '`polyctl apply` makes it; ' : 'without its `id`, `polyctl apply` makes it; '
}

function conflict(what: string, field: FieldChange, span: Span): Diagnostic {
  return warning('P702', `${what} was changed by the files and by the service`, {
    labels: [{ span, text: `the files say ${words(field.after)}` }],
    notes: [`the service has ${words(field.before)}`, `before, the files said ${words(field.base)}`],
    help: ['write here what is right']
  })
}

function locked(what: string, lock: Lock, details: Details, span: Span): Diagnostic {
  const reasons = {
    placeholder: { text: `this comes from ${lock.words}`, help: `change what ${lock.words} stands for` },
    alias: { text: `this comes by ${lock.words}`, help: `change what ${lock.words} stands for` },
    merge: { text: `this comes by ${lock.words}`, help: 'change what is merged' },
    anchor: { text: `${lock.words} is used elsewhere, too`, help: 'change it for all that use it' },
    stdin: { text: 'this came by standard input', help: 'change it where it comes from' }
  }
  const { text, help } = reasons[lock.because]
  return warning('P701', `${what} differs in the service, and does not stand in the file by itself`, {
    ...details,
    labels: [{ span, text }],
    help: [`${help}, or write the value here in its place`]
  })
}

/** Tells which variable a secret of an added resource is to come from. */
export function newVariable({ name, of, field }: ImportedVariable): Diagnostic {
  return warning('P704', `\`${field}\` of ${addressText(of)} is a secret, and comes from a variable now`, {
    help: [`set \`${name}\``]
  })
}

/** Tells why something that is live is not added. */
export function notAdded({ because, ...address }: NotAdded): Diagnostic {
  return warning('P703', `${addressText(address)} is live, and is not added to the files`, {
    notes: [because],
    help: ['`polyctl import --unmanaged` writes a file for it']
  })
}

/** Tells why a file was not written. */
export function unwritable(path: string, reason: string): Diagnostic {
  return problem('P707', `\`${path}\` cannot be written`, {
    notes: [reason],
    help: ['run the command again, when the file can be changed']
  })
}

function notesOf({ before }: FieldChange): string[] {
  return [before === undefined ? 'the service has nothing here' : `the service has ${words(before)}`]
}

const longest = 300

/** A value as a file may have it, on one line. */
function words(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing'
  const text = JSON.stringify(plain(value))
  return text.length > longest ? `\`${text.slice(0, longest)}…\`` : `\`${text}\``
}

function plain(value: Json): Json {
  if (isSecret(value)) return '…'
  if (isReference(value)) return value.name ?? value.id ?? ''
  if (Array.isArray(value)) return value.map(plain)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}
