import type { CodeEntry } from '../../diagnostics/code-entry.ts'
import type { Setting } from '../../state/settings.ts'
import type { Json, KeyClass } from '../../wire/common.ts'
import type { SourceMeta, TargetFields, TargetObjects } from '../../wire/enumeration.ts'
import type { GraphFacts } from './graph-facts.ts'
import type { GraphView } from './graph.ts'
import type { ImportFacts } from './import.ts'
import type { ResourceFacts, TopicFacts, TypeFacts } from './explain.ts'
import type { ChangesView } from './changes.ts'
import type { FindingsView } from './problems.ts'
import type { PreviewsView } from './preview.ts'
import type { PullView } from './pull.ts'
import type { ExecutionsView } from './executions.ts'
import type { ReportView } from './report.ts'
import type { TestsView } from './tests.ts'
import type { SourceKey } from './source-keys.ts'

/** What a command comes to, as plain data: what is told of it, whatever it is told in. */
export type Answer =
  | { type: 'plan'; view: ChangesView }
  | { type: 'drift'; view: ChangesView }
  | { type: 'report'; view: ReportView }
  | { type: 'pull'; view: PullView }
  | { type: 'executions'; view: ExecutionsView }
  /** `values`: a person asked for names and values of records, wherever they are told. */
  | { type: 'preview'; view: PreviewsView; values: boolean }
  | { type: 'tests'; view: TestsView }
  | { type: 'findings'; view: FindingsView }
  | { type: 'organizations'; view: OrganizationsView }
  | { type: 'lookup'; view: LookupView }

/** What came of a command in many organizations, in the order of their names. */
export interface OrganizationsView {
  organizations: OrganizationView[]
}

/** What came of it in one of them. */
export interface OrganizationView {
  id: string
  name: string
  /** The name; with the id where another one has the same. */
  label: string
  /** The exit code that the command would have ended with. */
  code: number
  /** What was told on the way, in its order. */
  reported: Reported[]
  /** None where it was not begun, or where it was told already. */
  answer?: Answer
  /** What it comes to, in a sentence. */
  closing: string
}

/** Reported on the way: lines for who watches, or an answer before the last one, such as a plan. */
export type Reported = { type: 'lines'; text: string } | Answer

/** What was looked up. The facts are the same for programs and for people. */
export type LookupView =
  | { of: 'sources'; facts: SourceFacts }
  | { of: 'targets'; facts: { connection: string; targets: TargetObjects } }
  | { of: 'target'; facts: { connection: string; target: TargetFields } }
  | { of: 'schemas'; facts: SchemaFacts }
  | { of: 'destination'; facts: DestinationFacts }
  | { of: 'status'; facts: StatusFacts }
  | { of: 'import'; facts: ImportFacts }
  | { of: 'graph'; facts: GraphFacts; graph: GraphView }
  | { of: 'codes'; facts: { code: string; title: string }[] }
  | { of: 'code'; facts: CodeEntry & { code: string } }
  | { of: 'topic'; facts: TopicFacts }
  /** A page of the reference. */
  | { of: 'page'; facts: { topic: string; markdown: string } }
  | { of: 'types'; facts: { format_version: 1; types: TypeFacts[] } }
  | { of: 'resources'; facts: { format_version: 1; resources: ResourceFacts[] } }
  /** A document that reads the same for all, such as a schema. */
  | { of: 'document'; facts: unknown }
  /** What is said in a few words. */
  | { of: 'words'; facts: unknown; text: string }

/** Where a command would work, with whose key, and what of it the files declare. */
export interface StatusFacts {
  format_version: 1
  address: string
  /** What named the address: an option, a variable, the files; null for the hosted service. */
  address_from: string | null
  organization: { id: string; name: string }
  /** `user` is a name or an id; null for a key that is nobody's own. */
  key: { class: KeyClass | null; user: string | null }
  api_version: string
  polyctl: string
  files: number
  resources: number
  kinds: KindStatus[]
  /** What does not work, and the command that a person can do something with. */
  attention: { kind: string; name: string; because: string; connect?: string }[]
}

/** How many of a kind there are; null where the list could not be read, and why. */
export interface KindStatus {
  kind: string
  /** The section of the files that holds it. */
  section: string
  declared: number
  live: number | null
  /** Live ones that a file could declare, and none does. */
  undeclared: number | null
  unread?: string
}

/**
 * What a model can read from a connection, and what its configuration takes; the fields once enough is
 * chosen.
 */
export interface SourceFacts {
  connection: string
  source: SourceMeta
  keys: SourceKey[]
  fields: SourceField[] | null
}

/** What a bulk sync can copy from a connection, and what its source may be configured with. */
export interface SchemaFacts {
  connection: string
  schemas: { id: string; name: string }[]
  tracking_fields: boolean | null
  settings: Setting[]
}

/** How a bulk sync can write to a connection, and what its destination is configured with. */
export interface DestinationFacts {
  connection: string
  modes: { id: string; label: string; description: string }[]
  /** Null: the service is older than histories. */
  histories: boolean | null
  settings: Setting[]
}

/** A field that a source offers. */
export interface SourceField {
  name: string
  type?: string
  label?: string
  unique?: boolean
  example?: Json
}

/** What an answer comes to, in a sentence; empty where it has none. */
export function closingOf(answer: Answer | undefined): string {
  if (answer?.type === 'findings') return answer.view.closing ?? ''
  if (answer?.type === 'report')
    return [answer.view.closing, answer.view.runs?.closing].flatMap((one) => one?.text ?? []).join(' ')
  return answer !== undefined && 'closing' in answer.view && typeof answer.view.closing === 'object'
    ? answer.view.closing.text
    : ''
}
